#pragma once

#include <activitytrack/core/event.hpp>
#include <activitytrack/report/summary.hpp>

#include <compare>
#include <cstdint>
#include <limits>
#include <map>
#include <string>

namespace activitytrack {

/// Minutes east of Greenwich that the machine's own clock showed at the event: its `utc_offset_min`; without
/// one that of its `timezone`; without that 0.
int own_offset_min(const Event& event);

/// An hour of a machine's own clock. Two hours may begin at the same instant: when a machine travels.
struct HourKey {
  Time start;          ///< the instant at which that clock showed a full hour
  int offset_min = 0;  ///< how far it was ahead of UTC

  friend auto operator<=>(const HourKey&, const HourKey&) = default;
};

/// The hour in which `time` lies, on a clock `offset_min` minutes ahead of UTC.
HourKey hour_at(Time time, int offset_min);

/// The hour an event belongs to, by own_offset_min().
HourKey hour_of(const Event& event);

/// What a machine's events of one hour add up to. Adding and merging commute.
struct Hour {
  Totals totals;                   ///< of which bound_apps() is true sooner or later, at the latest when it is kept
  Time first_event = Time::max();  ///< the least timestamp
  Time last_event = Time::min();   ///< the greatest
  std::string timezone;            ///< of the event with the greatest; "" if it names none

  void add(const Event& event);
  void merge(const Hour& other);
};

/// A machine's hours.
using Hours = std::map<HourKey, Hour>;

/// report_day() of what `hours` hold: on the machine's own clock those of day_anywhere(date); in a named zone
/// those of the day, each of which lies within one hour of that zone's clock.
Result<DayReport> report_day(const std::string& machine_id, Date date, const std::string& zone, const Hours& hours,
                             const std::string& zone_before);

/// Adds to a sum that stays at its greatest value when it would pass it: what a machine claims of itself has bounds,
/// the number of its claims has none.
inline void add_to(std::int64_t& sum, std::int64_t more) noexcept {
  if (__builtin_add_overflow(sum, more, &sum)) sum = std::numeric_limits<std::int64_t>::max();
}

}  // namespace activitytrack
