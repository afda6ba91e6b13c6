#include <activitytrack/report/summary.hpp>

#include "report/wall_clock.hpp"

#include <algorithm>

namespace activitytrack {
namespace {

/// From `from` on, the machine's clock was this one.
struct ClockRun {
  Time from;
  WallClock clock;
};

/// The offset the event gives wins over the tz database: it is what the machine's clock did show.
WallClock clock_of(const Event& event) {
  if (!event.timezone.empty()) {
    const auto zone = WallClock::in_zone(event.timezone);
    if (zone && (!event.utc_offset_min || *event.utc_offset_min == zone->offset_min(event.timestamp)))
      return *zone;
  }
  return WallClock::fixed(static_cast<int>(event.utc_offset_min.value_or(0)), event.timezone);
}

/// Nothing but the event decides, so that the day before and the day after agree on where it belongs.
bool shows(const WallClock& clock, const Event& event) {
  const WallClock own = clock_of(event);
  return own.name() == clock.name() && own.offset_min(event.timestamp) == clock.offset_min(event.timestamp);
}

/// The hour, counted on a clock that is `offset_min` ahead of UTC.
std::chrono::sys_time<std::chrono::hours> hour_of(Time time, int offset_min) {
  return std::chrono::floor<std::chrono::hours>(time + std::chrono::minutes(offset_min));
}

/// A day's hours, made from the stretches of time that belong to it.
class Hours {
 public:
  /// Adds the hours of [start, end) as `clock` shows them. An offset that changes within an hour begins
  /// a new row, as does a clock that changes to another offset.
  void add(Time start, Time end, const WallClock& clock) {
    while (start < end) {
      const int offset = clock.offset_min(start);
      const Time next = std::min(row_end(start, offset, clock), end);
      const bool continues = !rows_.empty() && end_ == start && rows_.back().offset_min == offset &&
                             hour_of(rows_.back().start, offset) == hour_of(start, offset);
      if (!continues) rows_.push_back({start, offset, {}});
      end_ = start = next;
    }
  }

  bool empty() const { return rows_.empty(); }
  TimeRange range() const { return {rows_.front().start, end_}; }

  /// The row in which `time` lies.
  HourRow* find(Time time) {
    const auto after = std::ranges::upper_bound(rows_, time, {}, &HourRow::start);
    return after == rows_.begin() ? nullptr : &*(after - 1);
  }

  std::vector<HourRow> take() { return std::move(rows_); }

 private:
  static Time row_end(Time start, int offset, const WallClock& clock) {
    const Time hour_end = hour_of(start, offset) + std::chrono::hours(1) - std::chrono::minutes(offset);
    const Time change = clock.next_change(start);
    return change < hour_end && clock.offset_min(change) != offset ? change : hour_end;
  }

  std::vector<HourRow> rows_;
  Time end_{};
};

struct Day {
  std::vector<ClockRun> runs;        ///< at least one; the first from Time::min()
  std::vector<const Event*> events;  ///< those that belong to the day
};

Day day_on_own_clock(Date date, std::span<const Event> events, const std::string& zone_before) {
  Day day;
  for (const Event& event : events) {
    if (day.runs.empty())
      day.runs.push_back({Time::min(), clock_of(event)});
    else if (!shows(day.runs.back().clock, event))
      day.runs.push_back({event.timestamp, clock_of(event)});
    if (date_at(event.timestamp, day.runs.back().clock.offset_min(event.timestamp)) == date)
      day.events.push_back(&event);
  }
  // A machine may know a zone that this host does not: no reason to refuse an empty day.
  if (day.runs.empty())
    day.runs.push_back({Time::min(), WallClock::in_zone(zone_before).value_or(WallClock::fixed(0))});
  return day;
}

Day day_in_named_zone(Date date, std::span<const Event> events, const WallClock& zone) {
  Day day{{{Time::min(), zone}}, {}};
  const TimeRange range = zone.day(date);
  for (const Event& event : events)
    if (range.start <= event.timestamp && event.timestamp < range.end) day.events.push_back(&event);
  return day;
}

DayReport assemble(const std::string& machine_id, Date date, const Day& day) {
  DayReport report{.machine_id = machine_id,
                   .date = date,
                   .timezone = day.runs.front().clock.name(),
                   .range = day.runs.front().clock.day(date),
                   .totals = {},
                   .hours = {}};
  Hours hours;
  for (std::size_t i = 0; i < day.runs.size(); ++i) {
    const auto& [from, clock] = day.runs[i];
    const Time until = i + 1 < day.runs.size() ? day.runs[i + 1].from : Time::max();
    const TimeRange whole = clock.day(date);
    const Time start = std::max(from, whole.start), end = std::min(until, whole.end);
    if (start >= end) continue;
    hours.add(start, end, clock);
    report.timezone = clock.name();
  }
  for (const Event* event : day.events) {
    report.totals.add(*event);
    if (HourRow* row = hours.find(event->timestamp)) row->totals.add(*event);
  }
  if (!hours.empty()) report.range = hours.range();
  report.hours = hours.take();
  return report;
}

}  // namespace

int own_offset_min(const Event& event) {
  if (event.utc_offset_min) return static_cast<int>(*event.utc_offset_min);
  return clock_of(event).offset_min(event.timestamp);
}

int hour_of_day(const HourRow& row) {
  const auto local = row.start + std::chrono::minutes(row.offset_min);
  return static_cast<int>(
      std::chrono::floor<std::chrono::hours>(local - std::chrono::floor<std::chrono::days>(local)).count());
}

Result<DayReport> report_day(const std::string& machine_id, const DayQuery& query,
                             std::span<const Event> events, const std::string& zone_before) {
  if (query.zone.empty())
    return assemble(machine_id, query.date, day_on_own_clock(query.date, events, zone_before));
  // Asked for the error's words.
  if (const auto range = day_in_zone(query.date, query.zone); !range) return range.error();
  return assemble(machine_id, query.date,
                  day_in_named_zone(query.date, events, *WallClock::in_zone(query.zone)));
}

}  // namespace activitytrack
