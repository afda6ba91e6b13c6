#include "report/hours.hpp"

#include "report/app_bounds.hpp"
#include "report/wall_clock.hpp"

#include <algorithm>

namespace activitytrack {
namespace {

/// So that cutting costs little for each application that came.
constexpr std::size_t most_unbounded_apps = 400;

/// From `from` on, the machine's clock was this one.
struct ClockRun {
  Time from;
  WallClock clock;
};

WallClock clock_of(const HourKey& key, const Hour& hour) {
  return WallClock::showing(hour.timezone, key.offset_min, hour.last_event);
}

/// Nothing but the hour decides, so that the day before and the day after agree on where it belongs.
bool shows(const WallClock& clock, const HourKey& key, const Hour& hour) {
  return clock_of(key, hour).name() == clock.name() && clock.offset_min(hour.last_event) == key.offset_min;
}

/// A day's hours, made from the stretches of time that belong to it.
class DayRows {
 public:
  /// Adds the hours of [start, end) as `clock` shows them. An offset that changes within an hour begins
  /// a new row, as does a clock that changes to another offset.
  void add(Time start, Time end, const WallClock& clock) {
    while (start < end) {
      const Time change = std::min(clock.next_change(start), end);
      add(start, change, clock.offset_min(start));
      start = change;
    }
  }

  bool empty() const { return rows_.empty(); }
  TimeRange range() const { return {rows_.front().start, end_}; }

  /// The row in which `time` lies.
  DayReport::HourRow* find(Time time) {
    const auto after = std::ranges::upper_bound(rows_, time, {}, &DayReport::HourRow::start);
    return after == rows_.begin() ? nullptr : &*(after - 1);
  }

  std::vector<DayReport::HourRow> take() { return std::move(rows_); }

 private:
  void add(Time start, Time end, int offset) {
    while (start < end) {
      const HourKey hour = hour_at(start, offset);
      const bool continues = !rows_.empty() && end_ == start && rows_.back().offset_min == offset &&
                             hour_at(rows_.back().start, offset) == hour;
      if (!continues) rows_.push_back({start, offset, {}});
      end_ = start = std::min(hour.start + std::chrono::hours(1), end);
    }
  }

  std::vector<DayReport::HourRow> rows_;
  Time end_{};
};

using DayHour = std::pair<HourKey, const Hour*>;

struct Day {
  std::vector<ClockRun> runs;  ///< at least one; the first from Time::min()
  std::vector<DayHour> hours;  ///< those that belong to the day
};

/// In order of their first events: when a machine travels, hours of two clocks may lie beside each other.
std::vector<DayHour> in_order_of_time(const Hours& hours) {
  std::vector<DayHour> ordered;
  for (const auto& [key, hour] : hours) ordered.emplace_back(key, &hour);
  std::ranges::stable_sort(ordered, {}, [](const DayHour& hour) { return hour.second->first_event; });
  return ordered;
}

Day day_on_own_clock(Date date, const Hours& hours, const std::string& zone_before) {
  Day day;
  for (const auto& [key, hour] : in_order_of_time(hours)) {
    if (day.runs.empty())
      day.runs.push_back({Time::min(), clock_of(key, *hour)});
    else if (!shows(day.runs.back().clock, key, *hour))
      day.runs.push_back({hour->first_event, clock_of(key, *hour)});
    if (date_at(key.start, key.offset_min) == date) day.hours.emplace_back(key, hour);
  }
  // A machine may know a zone that this host does not: no reason to refuse an empty day.
  if (day.runs.empty())
    day.runs.push_back({Time::min(), WallClock::in_zone(zone_before).value_or(WallClock::fixed(0))});
  return day;
}

Day day_in_named_zone(Date date, const Hours& hours, const WallClock& zone) {
  Day day{{{Time::min(), zone}}, {}};
  const TimeRange range = zone.day(date);
  for (const auto& [key, hour] : hours)
    if (range.start <= hour.first_event && hour.last_event < range.end) day.hours.emplace_back(key, &hour);
  return day;
}

DayReport assemble(const std::string& machine_id, Date date, const Day& day) {
  const WallClock& first = day.runs.front().clock;
  DayReport report{machine_id, date, first.name(), first.day(date), {}, {}, {}};
  DayRows rows;
  for (std::size_t i = 0; i < day.runs.size(); ++i) {
    const auto& [from, clock] = day.runs[i];
    const Time until = i + 1 < day.runs.size() ? day.runs[i + 1].from : Time::max();
    const TimeRange whole = clock.day(date);
    const Time start = std::max(from, whole.start), end = std::min(until, whole.end);
    if (start >= end) continue;
    rows.add(start, end, clock);
    report.timezone = clock.name();
  }
  for (const auto& [key, hour] : day.hours) {
    report.totals.merge(hour->totals);
    if (DayReport::HourRow* row = rows.find(hour->first_event)) row->totals.merge(hour->totals);
  }
  if (!rows.empty()) report.range = rows.range();
  report.hours = rows.take();
  return report;
}

}  // namespace

HourKey hour_at(Time time, int offset_min) {
  const std::chrono::minutes offset(offset_min);
  return {std::chrono::floor<std::chrono::hours>(time + offset) - offset, offset_min};
}

HourKey hour_of(const Event& event) { return hour_at(event.timestamp, own_offset_min(event)); }

void Hour::add(const Event& event) {
  totals.add(event);
  if (totals.apps.size() > most_unbounded_apps) bound_apps(totals);
  first_event = std::min(first_event, event.timestamp);
  if (event.timestamp < last_event) return;
  last_event = event.timestamp;
  timezone = event.timezone;
}

void Hour::merge(const Hour& other) {
  totals.merge(other.totals);
  if (totals.apps.size() > most_unbounded_apps) bound_apps(totals);
  first_event = std::min(first_event, other.first_event);
  if (other.last_event < last_event) return;
  last_event = other.last_event;
  timezone = other.timezone;
}

int own_offset_min(const Event& event) {
  if (event.utc_offset_min) return static_cast<int>(*event.utc_offset_min);
  return offset_in_zone(event.timestamp, event.timezone).value_or(0);
}

int hour_of_day(const DayReport::HourRow& row) {
  const auto local = row.start + std::chrono::minutes(row.offset_min);
  return static_cast<int>(
      std::chrono::floor<std::chrono::hours>(local - std::chrono::floor<std::chrono::days>(local)).count());
}

Result<DayReport> report_day(const std::string& machine_id, Date date, const std::string& zone, const Hours& hours,
                             const std::string& zone_before) {
  if (zone.empty()) return assemble(machine_id, date, day_on_own_clock(date, hours, zone_before));
  const auto clock = WallClock::in_zone(zone);
  if (!clock) return clock.error();
  return assemble(machine_id, date, day_in_named_zone(date, hours, *clock));
}

Result<DayReport> report_day(const std::string& machine_id, Date date, const std::string& zone,
                             std::span<const Event> events, const std::string& zone_before) {
  const auto clock = WallClock::in_zone(zone);
  const bool own = zone.empty() || !clock;
  Hours hours;
  for (const Event& event : events) {
    hours[own ? hour_of(event) : hour_at(event.timestamp, clock->offset_min(event.timestamp))].add(event);
  }
  return report_day(machine_id, date, zone, hours, zone_before);
}

}  // namespace activitytrack
