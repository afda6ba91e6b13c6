#include "server/events/read_hours.hpp"

#include "server/events/packed_hour.hpp"

#include <functional>
#include <limits>

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

}  // namespace

Result<DayReport> read_day(StoreReader& reader, const Machine& machine, const DayQuery& query) {
  TimeRange range = day_anywhere(query.date);
  if (!query.zone.empty()) {
    const auto day = day_in_zone(query.date, query.zone);
    if (!day) return day.error();
    range = {day->start - whole_hour + moment, day->end};
  }
  const auto hours = hours_of_day(reader, machine, range, query.zone);
  if (!hours) return hours.error();
  return report_day(machine.machine_id, query, *hours, machine.timezone);
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
    if (merged) builder->note_clock(key, merged->timezone, merged->last_event);
  };
  const auto read = reader.hours(machine.machine_id, builder->hours_needed(), each);
  if (!read) return read.error();
  if (!merged) return merged.error();
  const auto add = [&](const Event& event) { builder->add(event); };
  if (auto added = read_events(reader, machine, split, add); !added) return added.error();
  return builder->take();
}

}  // namespace activitytrack::server
