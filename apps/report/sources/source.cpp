#include "sources/source.hpp"

#include "core/json_writer.hpp"
#include "report/gaps.hpp"
#include "report/hours.hpp"
#include "report/wall_clock.hpp"

#include <activitytrack/core/clock.hpp>

#include <algorithm>
#include <iterator>

namespace activitytrack::report {
namespace {

/// Every instant that may be of one of the days.
Result<TimeRange> instants_of(const MachineDays& asked) {
  const auto& [first, last] = asked.dates;
  if (asked.zone.empty()) return TimeRange{day_anywhere(first).start, day_anywhere(last).end};
  const auto begin = day_in_zone(first, asked.zone), end = day_in_zone(last, asked.zone);
  if (!begin || !end) return (begin ? end : begin).error();
  return TimeRange{begin->start, end->end};
}

/// The last event before `before`; none if there is none. It is looked for in longer and longer steps: few machines are
/// left for long.
Result<std::optional<Event>> last_before(Source& source, const Machine& machine, Time before) {
  std::optional<Event> found;
  for (std::chrono::days step{1}; !found && machine.first_seen && before > *machine.first_seen; step *= 2) {
    const TimeRange range{before - step, before};
    before = range.start;
    const auto read = source.events(machine, range, [&](const Event& event) -> Result<void> {
      found = event;
      return {};
    });
    if (!read) return read.error();
  }
  return found;
}

/// The first event from `from` on, likewise.
Result<std::optional<Event>> first_from(Source& source, const Machine& machine, Time from) {
  std::optional<Event> found;
  for (std::chrono::days step{1}; !found && machine.last_seen && from <= *machine.last_seen; step *= 2) {
    const TimeRange range{from, from + step};
    from = range.end;
    const auto read = source.events(machine, range, [&](const Event& event) -> Result<void> {
      if (!found) found = event;
      return {};
    });
    if (!read) return read.error();
  }
  return found;
}

/// The events of a range as they are read, for what was not observed in it.
class RangeGaps {
 public:
  void add(const Event& event) {
    if (!first_) first_ = event;
    last_ = event;
    between_.add(event);
  }

  /// With the events around the range.
  Result<std::vector<UnobservedTime>> take(Source& source, const Machine& machine, TimeRange range) {
    std::vector<UnobservedTime> gaps;
    auto before = !first_ || first_->gap_before ? last_before(source, machine, range.start) : std::optional<Event>();
    if (!before) return before.error();
    const auto after = first_from(source, machine, range.end);
    if (!after) return after.error();
    const auto join = [&](const std::optional<Event>& one, const std::optional<Event>& next) {
      GapFinder two;
      if (one) two.add(*one);
      if (next) two.add(*next);
      std::ranges::move(two.take(), std::back_inserter(gaps));
    };
    if (first_) join(*before, first_);
    std::ranges::move(between_.take(), std::back_inserter(gaps));
    join(first_ ? last_ : *before, *after);
    return gaps;
  }

 private:
  std::optional<Event> first_, last_;
  GapFinder between_;
};

/// What the events of a range add up to by the hour, of the clock in question; `gaps` sees them too.
Result<Hours> hours_of(Source& source, const MachineDays& asked, TimeRange range, RangeGaps& gaps) {
  Hours hours;
  const auto read = source.events(asked.machine, range, [&](const Event& event) -> Result<void> {
    gaps.add(event);
    const auto offset = asked.zone.empty() ? own_offset_min(event) : offset_in_zone(event.timestamp, asked.zone);
    if (!offset) return offset.error();
    hours[hour_at(event.timestamp, *offset)].add(event);
    return {};
  });
  if (!read) return read.error();
  return hours;
}

/// Of the hours those with an event in the range.
Hours within(const Hours& hours, TimeRange range) {
  Hours found;
  const HourKey from{range.start - std::chrono::hours(1)};
  for (auto at = hours.lower_bound(from); at != hours.end() && at->first.start < range.end; ++at)
    if (range.start <= at->second.last_event && at->second.first_event < range.end) found.insert(*at);
  return found;
}

}  // namespace

Result<void> each_event(Source& source, const MachineDays& asked, const EventSink& sink) {
  const auto range = instants_of(asked);
  if (!range) return range.error();
  if (!asked.zone.empty()) return source.events(asked.machine, *range, sink);
  return source.events(asked.machine, *range, [&](const Event& event) -> Result<void> {
    const Date date = date_at(event.timestamp, own_offset_min(event));
    if (date < asked.dates.first || asked.dates.last < date) return {};
    return sink(event);
  });
}

Result<std::vector<Day>> EventSource::days(const MachineDays& asked, Want want) {
  const auto range = instants_of(asked);
  if (!range) return range.error();
  RangeGaps seen;
  const auto hours = hours_of(*this, asked, *range, seen);
  if (!hours) return hours.error();
  const auto gaps = seen.take(*this, asked.machine, *range);
  if (!gaps) return gaps.error();
  std::vector<Day> days;
  for (std::chrono::sys_days at = asked.dates.first; at <= std::chrono::sys_days(asked.dates.last);
       at += std::chrono::days(1)) {
    const Date date = at;
    auto report = report_day(asked.machine.machine_id, date, asked.zone, within(*hours, day_anywhere(date)),
                             asked.machine.timezone);
    if (!report) return report.error();
    report->gaps = gaps_within(*gaps, report->range);
    Day& day = days.emplace_back(Day{std::move(*report), {}});
    if (want == Want::summaries) day.json = encode_summary(day.report);
    if (want == Want::timelines) day.json = encode_timeline(day.report);
  }
  return days;
}

Result<Totals> EventSource::sum(const MachineDays& asked) {
  Totals totals;
  const auto read = each_event(*this, asked, [&](const Event& event) -> Result<void> {
    totals.add(event);
    return {};
  });
  if (!read) return read.error();
  return totals;
}

std::string EventSource::encode_machines(const std::vector<Machine>& list) {
  return json_object([&](JsonWriter& json) {
    json.key("machines").array(list, [&](const Machine& machine) {
      json.begin_object().field("machine_id", machine.machine_id).key("user_label").null();
      json.field("timezone", machine.timezone);
      json.field("first_seen", format_timestamp(*machine.first_seen));
      json.field("last_seen", format_timestamp(*machine.last_seen)).end_object();
    });
  });
}

}  // namespace activitytrack::report
