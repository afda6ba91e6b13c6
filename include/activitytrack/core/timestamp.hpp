#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <string>
#include <string_view>

namespace activitytrack {

/// Reads RFC 3339 ("2024-01-15T10:30:00Z", any offset, up to 6 digits of fraction, more are cut off).
/// Accepts 1970-01-01 up to, not including, 2200-01-01. A leap second (":60") reads as the next second.
Result<Time> parse_timestamp(std::string_view text);

/// RFC 3339 in UTC with "Z": no fraction for whole seconds, else 3 or 6 digits.
std::string format_timestamp(Time time);

/// The same instant on a clock `offset_min` minutes east of Greenwich: "2024-01-15T11:30:00+01:00".
std::string format_timestamp(Time time, int offset_min);

}  // namespace activitytrack
