#include "report/hours.hpp"

#include <algorithm>

namespace activitytrack {

HourKey hour_at(Time time, int offset_min) {
  const std::chrono::minutes offset(offset_min);
  return {std::chrono::floor<std::chrono::hours>(time + offset) - offset, offset_min};
}

HourKey hour_of(const Event& event) { return hour_at(event.timestamp, own_offset_min(event)); }

void Hour::add(const Event& event) {
  totals.add(event);
  first_event = std::min(first_event, event.timestamp);
  if (event.timestamp < last_event) return;
  last_event = event.timestamp;
  timezone = event.timezone;
}

void Hour::merge(const Hour& other) {
  totals.merge(other.totals);
  first_event = std::min(first_event, other.first_event);
  if (other.last_event < last_event) return;
  last_event = other.last_event;
  timezone = other.timezone;
}

}  // namespace activitytrack
