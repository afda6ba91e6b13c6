#include "sources/source.hpp"

#include "core/json_writer.hpp"
#include "report/hours.hpp"
#include "report/wall_clock.hpp"

#include <activitytrack/core/clock.hpp>

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

/// What the events add up to by the hour, of the clock in question.
Result<Hours> hours_of(Source& source, const MachineDays& asked) {
  const auto range = instants_of(asked);
  if (!range) return range.error();
  Hours hours;
  const auto read = source.events(asked.machine, *range, [&](const Event& event) -> Result<void> {
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
  const auto hours = hours_of(*this, asked);
  if (!hours) return hours.error();
  std::vector<Day> days;
  for (std::chrono::sys_days at = asked.dates.first; at <= std::chrono::sys_days(asked.dates.last);
       at += std::chrono::days(1)) {
    const Date date = at;
    auto report = report_day(asked.machine.machine_id, date, asked.zone, within(*hours, day_anywhere(date)),
                             asked.machine.timezone);
    if (!report) return report.error();
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
