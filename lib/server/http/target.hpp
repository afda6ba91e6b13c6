#pragma once

#include "server/http/message.hpp"

#include <activitytrack/core/result.hpp>

#include <string_view>

namespace activitytrack::server {

/// Splits a request target ("/path?query", or the absolute form) and decodes its parts. A "+" stays a
/// "+": time zones and offsets have them. Errors: wrong percent-encoding, text that is not UTF-8 or holds
/// control characters, a parameter given twice.
Result<Target> parse_target(std::string_view target);

}  // namespace activitytrack::server
