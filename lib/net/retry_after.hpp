#pragma once

#include <activitytrack/core/clock.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace activitytrack {

/// A Retry-After field (RFC 9110, 10.2.3): seconds, or a date seen from `now`, which is best the answer's own
/// Date. At least 0, at most an hour; nullopt if it is neither.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, Time now);

/// An HTTP date in any of the three forms of RFC 9110, 5.6.7.
std::optional<Time> parse_http_date(std::string_view value);

}  // namespace activitytrack
