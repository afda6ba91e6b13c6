#pragma once

#include "net/http_client.hpp"

#include <activitytrack/core/clock.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace activitytrack {

/// A server's own words of what is wrong (RFC 9457: application/problem+json), made fit for one line; "" if
/// there are none, or if they repeat `secret`.
std::string problem_text(const HttpResponse& response, std::string_view secret);

/// A Retry-After field (RFC 9110, 10.2.3): seconds, or a date seen from `now`, which is best the answer's own
/// Date. At least 0, at most an hour; nullopt if it is neither.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, Time now);

/// An HTTP date in any of the three forms of RFC 9110, 5.6.7.
std::optional<Time> parse_http_date(std::string_view value);

}  // namespace activitytrack
