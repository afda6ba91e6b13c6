#pragma once

#include "server/http/message.hpp"

#include <cstddef>
#include <string>
#include <variant>

namespace activitytrack::server {

/// A request's body, unpacked. Or the answer: 415 for a type that is not JSON (none is fine) or an unknown
/// coding, 413 for what unpacks to more than `max_bytes`, 400 for damaged data.
std::variant<std::string, Response> json_body(const Request& request, std::size_t max_bytes);

}  // namespace activitytrack::server
