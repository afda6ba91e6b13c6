#pragma once

#include "net/http_client.hpp"

#include <string>
#include <string_view>

namespace activitytrack {

/// A server's own words of what is wrong (RFC 9457: application/problem+json), made fit for one line; "" if
/// there are none, or if they repeat `secret`.
std::string problem_text(const HttpResponse& response, std::string_view secret);

}  // namespace activitytrack
