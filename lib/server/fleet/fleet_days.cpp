#include "server/fleet/fleet_days.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;

constexpr auto whole_hour = 1h;
constexpr std::size_t most_days_kept = 16;
constexpr std::size_t most_machines_kept = 20'000;  // of each day
constexpr auto kept_for = 1h;
constexpr int weeks = 4;
constexpr std::size_t least_days = 2;

double seconds(Time::duration duration) { return std::chrono::duration<double>(duration).count(); }

void add_part(HourTimes& to, const HourTimes& times, double part) {
  to.observed += times.observed * part;
  to.active += times.active * part;
  to.scripted += times.scripted * part;
}

/// Which part of a machine's hour, as far as it has passed at `now`, lies in the range.
double part_in(TimeRange range, Time hour, Time now) {
  const Time end = std::clamp<Time>(now, hour + 1min, hour + whole_hour);
  return std::max(0.0, seconds(std::min(range.end, end) - std::max(range.start, hour)) / seconds(end - hour));
}

/// Adds a machine's hour to those hours of a day that it lies in: one, or two.
void add_hour(DayTimes& hours, TimeRange day, Time hour, const HourTimes& times, Time now) {
  const auto at = std::chrono::floor<std::chrono::hours>(hour - day.start).count();
  for (auto i = std::max<std::int64_t>(at, 0); i <= at + 1 && i < static_cast<std::int64_t>(hours.size()); ++i) {
    const Time first = day.start + i * whole_hour;
    add_part(hours[static_cast<std::size_t>(i)], times,
             part_in({first, std::min<Time>(first + whole_hour, day.end)}, hour, now));
  }
}

/// Calls `each(machine, hour, times)` with what begins early enough to reach into the day.
template <class Each>
Result<void> read_hours(StoreReader& reader, std::span<const std::string> machine_ids, TimeRange day, Each each) {
  const TimeRange begins{day.start - whole_hour + std::chrono::microseconds(1), day.end};
  return reader.hour_times(machine_ids, begins, [&](std::size_t machine, const HourKey& key, const HourTimes& times) {
    each(machine, key.start, times);
  });
}

/// The middle one; of an even number the mean of the two in the middle.
std::int64_t median(std::vector<double> of) {
  std::ranges::sort(of);
  const auto half = of.size() / 2;
  return std::llround(of.size() % 2 == 1 ? of[half] : (of[half - 1] + of[half]) / 2);
}

Result<std::vector<UsualDays::Usual>> read_usual(StoreReader& reader, std::span<const std::string> machine_ids,
                                                 Date date, const WallClock& clock, Time now) {
  std::vector<std::vector<double>> active(machine_ids.size());
  for (int week = 1; week <= weeks; ++week) {
    const TimeRange day = clock.day(Date(std::chrono::sys_days(date) - std::chrono::weeks(week)));
    std::vector<HourTimes> sums(machine_ids.size());
    const auto read = read_hours(reader, machine_ids, day, [&](std::size_t machine, Time hour, const HourTimes& times) {
      add_part(sums[machine], times, part_in(day, hour, now));
    });
    if (!read) return read.error();
    for (std::size_t i = 0; i < sums.size(); ++i)
      if (sums[i].observed > 0) active[i].push_back(sums[i].active);
  }
  std::vector<UsualDays::Usual> usual;
  for (auto& days : active)
    usual.push_back(days.size() < least_days ? std::nullopt : UsualDays::Usual(median(std::move(days))));
  return usual;
}

}  // namespace

HourTimes sum_of(const DayTimes& day) {
  HourTimes sum;
  for (const HourTimes& hour : day) add_part(sum, hour, 1);
  return sum;
}

Result<std::vector<DayTimes>> read_fleet_day(StoreReader& reader, std::span<const std::string> machine_ids,
                                             TimeRange day, Time now) {
  const auto hours = static_cast<std::size_t>(std::chrono::ceil<std::chrono::hours>(day.end - day.start).count());
  std::vector<DayTimes> days(machine_ids.size(), DayTimes(hours));
  const auto read = read_hours(reader, machine_ids, day, [&](std::size_t machine, Time hour, const HourTimes& times) {
    add_hour(days[machine], day, hour, times, now);
  });
  if (!read) return read.error();
  return days;
}

Result<std::vector<FleetTimes>> read_fleet_range(StoreReader& reader, std::span<const std::string> machine_ids,
                                                 Date first, Date last, const std::string& zone, Time now) {
  using std::chrono::sys_days;
  const auto clock = WallClock::in_zone(zone);
  if (!clock) return clock.error();
  const auto count = static_cast<std::size_t>((sys_days(last) - sys_days(first)).count()) + 1;
  std::vector<TimeRange> days;
  for (std::size_t i = 0; i < count; ++i) days.push_back(clock->day(Date(sys_days(first) + std::chrono::days(i))));
  std::vector<FleetTimes> all(machine_ids.size(), FleetTimes(count));
  const auto add_own = [&](FleetTimes& machine, const HourKey& key, const HourTimes& times) {
    const auto day = (sys_days(date_at(key.start, key.offset_min)) - sys_days(first)).count();
    if (day >= 0 && day < static_cast<std::int64_t>(count)) add_part(machine[static_cast<std::size_t>(day)], times, 1);
  };
  const auto add_in_zone = [&](FleetTimes& machine, const HourKey& key, const HourTimes& times) {
    auto day = std::ranges::upper_bound(days, key.start, {}, &TimeRange::start);
    if (day != days.begin()) --day;
    for (int i = 0; i < 2 && day != days.end(); ++i, ++day)
      add_part(machine[static_cast<std::size_t>(day - days.begin())], times, part_in(*day, key.start, now));
  };
  const TimeRange needed = zone.empty() ? TimeRange{day_anywhere(first).start, day_anywhere(last).end}
                                        : TimeRange{days.front().start - whole_hour, days.back().end};
  const auto read =
      reader.hour_times(machine_ids, needed, [&](std::size_t machine, const HourKey& key, const HourTimes& times) {
        zone.empty() ? add_own(all[machine], key, times) : add_in_zone(all[machine], key, times);
      });
  if (!read) return read.error();
  return all;
}

/// With the mutex held.
UsualDays::Kept& UsualDays::kept(const std::pair<std::string, Date>& day, Time now) {
  std::erase_if(days_, [&](const auto& each) { return each.second.until <= now; });
  if (days_.size() >= most_days_kept && !days_.contains(day)) days_.erase(days_.begin());
  Kept& kept = days_.try_emplace(day, Kept{now + kept_for, {}}).first->second;
  if (kept.machines.size() >= most_machines_kept) kept.machines.clear();
  return kept;
}

Result<std::vector<UsualDays::Usual>> UsualDays::find(StoreReader& reader, std::span<const std::string> machine_ids,
                                                      Date date, const WallClock& clock, Time now) {
  const std::pair<std::string, Date> day(clock.name(), date);
  std::vector<Usual> usual(machine_ids.size());
  std::vector<std::string> missing;
  std::vector<std::size_t> places;
  {
    const std::lock_guard lock(mutex_);
    const Kept& known = kept(day, now);
    for (std::size_t i = 0; i < machine_ids.size(); ++i) {
      const auto found = known.machines.find(machine_ids[i]);
      if (found != known.machines.end()) {
        usual[i] = found->second;
      } else {
        missing.push_back(machine_ids[i]);
        places.push_back(i);
      }
    }
  }
  if (missing.empty()) return usual;
  const auto read = read_usual(reader, missing, date, clock, now);
  if (!read) return read.error();
  const std::lock_guard lock(mutex_);
  Kept& known = kept(day, now);
  for (std::size_t i = 0; i < missing.size(); ++i) {
    usual[places[i]] = (*read)[i];
    known.machines.insert_or_assign(missing[i], (*read)[i]);
  }
  return usual;
}

}  // namespace activitytrack::server
