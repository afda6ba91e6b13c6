#pragma once

#include "report/wall_clock.hpp"
#include "server/events/store.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

// A day of many machines at once, on one clock.

namespace activitytrack::server {

/// A machine's day: the seconds of each of its hours, counted from its beginning, 23 to 25 of them.
using DayTimes = std::vector<HourTimes>;

HourTimes sum_of(const DayTimes& day);

/// The day of each machine. An hour of a machine's clock that two hours of the day share (India seen from Berlin) is
/// divided between them by time, as far as it has passed at `now`: a single machine's timeline reads its events then.
Result<std::vector<DayTimes>> read_fleet_day(StoreReader& reader, std::span<const std::string> machine_ids,
                                             TimeRange day, Time now);

/// A machine's days.
using FleetTimes = std::vector<HourTimes>;

/// The days of each machine from `first` to `last`, both included: on the clock of `zone`, or on each machine's own if
/// that is "". not_found for an unknown zone.
Result<std::vector<FleetTimes>> read_fleet_range(StoreReader& reader, std::span<const std::string> machine_ids,
                                                 Date first, Date last, const std::string& zone, Time now);

/// What is usual for a machine on a day: the median of the seconds that it was active on the same weekday of the four
/// weeks before. Kept in memory for an hour, since those days hardly change. Callable from any thread.
class UsualDays {
 public:
  using Usual = std::optional<std::int64_t>;  ///< nullopt: fewer than two of those days have data

  /// Of each machine.
  Result<std::vector<Usual>> find(StoreReader& reader, std::span<const std::string> machine_ids, Date date,
                                  const WallClock& clock, Time now);

 private:
  struct Kept {
    Time until;
    std::unordered_map<std::string, Usual> machines;
  };

  Kept& kept(const std::pair<std::string, Date>& day, Time now);

  std::mutex mutex_;
  std::map<std::pair<std::string, Date>, Kept> days_;  ///< by the clock's name and the date; a few
};

}  // namespace activitytrack::server
