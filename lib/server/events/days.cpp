#include "server/events/hours.hpp"

#include "report/gaps.hpp"

#include <chrono>
#include <functional>
#include <limits>
#include <span>
#include <vector>

// Days and longer periods, read from the hours that are kept.

namespace activitytrack::server {
namespace {

constexpr std::chrono::hours whole_hour{1};
constexpr std::chrono::microseconds moment{1};

/// The events of some hours.
Result<void> read_events(StoreReader& reader, const Machine& machine, const std::vector<HourKey>& hours,
                         const std::function<void(const Event&)>& each) {
  for (const HourKey& key : hours) {
    const auto events =
        reader.events(machine.machine_id, {key.start, key.start + whole_hour}, std::numeric_limits<int>::max());
    if (!events) return events.error();
    // Where a machine travelled, hours of two clocks may lie beside each other.
    for (const Event& event : *events) {
      if (hour_of(event) == key) each(event);
    }
  }
  return {};
}

/// Whether an hour lies within one hour of a zone's clock.
bool fits(const HourKey& key, const std::string& zone) {
  const auto first = offset_in_zone(key.start, zone), last = offset_in_zone(key.start + whole_hour - moment, zone);
  return first && last && *first == *last && (*first - key.offset_min) % 60 == 0;
}

Result<Hours> hours_of_day(StoreReader& reader, const Machine& machine, TimeRange range, const std::string& zone) {
  Hours hours;
  std::vector<HourKey> cut;
  Result<void> merged;
  const auto read = reader.hours(machine.machine_id, range, [&](const HourKey& key, std::string_view packed) {
    if (!merged) return;
    if (zone.empty() || fits(key, zone)) {
      merged = merge_packed(hours[key], packed);
    } else {
      cut.push_back(key);
    }
  });
  if (!read) return read.error();
  if (!merged) return merged.error();
  const auto add = [&](const Event& event) {
    hours[hour_at(event.timestamp, offset_in_zone(event.timestamp, zone).value())].add(event);
  };
  if (auto added = read_events(reader, machine, cut, add); !added) return added.error();
  return hours;
}

/// The gap that no event ends yet. By the agent's clock, which may be ahead of this one.
std::optional<UnobservedTime> present_gap(const Machine& machine, Time now) {
  if (!machine.agent || !machine.agent->state || machine.agent->since >= now) return std::nullopt;
  return UnobservedTime{machine.agent->since, now, *machine.agent->state};
}

}  // namespace

Result<std::vector<UnobservedTime>> read_gaps(StoreReader& reader, const Machine& machine, TimeRange range, Time now) {
  auto gaps = reader.gaps(machine.machine_id, range);
  if (!gaps) return gaps;
  if (const auto present = present_gap(machine, now)) {
    const auto cut = gaps_within(std::span(&*present, 1), range);
    gaps->insert(gaps->end(), cut.begin(), cut.end());
  }
  return gaps;
}

Result<DayReport> read_day(StoreReader& reader, const Machine& machine, Date date, const std::string& zone, Time now) {
  TimeRange range = day_anywhere(date);
  if (!zone.empty()) {
    const auto day = day_in_zone(date, zone);
    if (!day) return day.error();
    range = {day->start - whole_hour + moment, day->end};
  }
  const auto hours = hours_of_day(reader, machine, range, zone);
  if (!hours) return hours.error();
  auto day = report_day(machine.machine_id, date, zone, *hours, machine.timezone);
  if (!day) return day;
  auto gaps = read_gaps(reader, machine, day->range, now);
  if (!gaps) return gaps.error();
  day->gaps = std::move(*gaps);
  return day;
}

Result<PeriodReport> read_period(StoreReader& reader, const Machine& machine, const PeriodQuery& query) {
  auto builder = PeriodBuilder::make(machine.machine_id, query, machine.timezone);
  if (!builder) return builder.error();
  std::vector<HourKey> split;
  Result<HourEnd> merged;
  const auto each = [&](const HourKey& key, std::string_view packed) {
    const auto day = builder->day_of(key);
    if (!day) return split.push_back(key);
    if (!merged || !*day) return;
    merged = merge_packed(**day, packed);
    if (merged) builder->note_added(key, **day, merged->timezone, merged->last_event);
  };
  const auto read = reader.hours(machine.machine_id, builder->hours_needed(), each);
  if (!read) return read.error();
  if (!merged) return merged.error();
  const auto add = [&](const Event& event) { builder->add(event); };
  if (auto added = read_events(reader, machine, split, add); !added) return added.error();
  return builder->take();
}

}  // namespace activitytrack::server
