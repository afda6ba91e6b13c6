#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace activitytrack {

/// A calendar day, without a zone.
using Date = std::chrono::year_month_day;

Result<Date> parse_date(std::string_view text);  ///< "2024-01-15"
std::string format_date(Date date);

/// The calendar day on a clock `offset_min` minutes east of Greenwich.
Date date_at(Time time, int offset_min);

/// Half-open [start, end).
struct TimeRange {
  Time start;
  Time end;
  friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

/// The day as it passes in `zone` (IANA name; "" is UTC): 23, 24 or 25 hours, or others where a zone
/// changed its offset otherwise. not_found for a name that the tz database does not have. A midnight that
/// a clock change skips counts as the first instant after it; one that comes twice, as the first.
Result<TimeRange> day_in_zone(Date date, const std::string& zone);

/// Minutes east of Greenwich in `zone` at `time`.
Result<int> offset_in_zone(Time time, const std::string& zone);

/// Every instant at which it is `date` anywhere: from 14 h before its UTC midnight to 12 h after its end.
/// Widened to the offsets an event may have (18 h).
TimeRange day_anywhere(Date date);

/// Today in `zone`.
Result<Date> today_in_zone(Time now, const std::string& zone);

}  // namespace activitytrack
