#include "report/gaps.hpp"

#include <algorithm>
#include <cmath>

namespace activitytrack {

std::optional<UnobservedTime> gap_before(std::optional<Time> end_before, Time timestamp, std::optional<Gap> name) {
  if (!end_before || !name) return std::nullopt;
  return UnobservedTime{std::min(*end_before, timestamp), timestamp, *name};
}

std::vector<UnobservedTime> gaps_within(std::span<const UnobservedTime> gaps, TimeRange range) {
  std::vector<UnobservedTime> found;
  for (const UnobservedTime& gap : gaps) {
    const bool moment = gap.from == gap.to;
    if (gap.from >= range.end || (moment ? gap.to < range.start : gap.to <= range.start)) continue;
    found.push_back({std::max(gap.from, range.start), std::min(gap.to, range.end), gap.name});
  }
  return found;
}

void GapFinder::add(const Event& event) {
  if (const auto gap = gap_before(end_, event.timestamp, event.gap_before)) gaps_.push_back(*gap);
  end_ = event.timestamp + std::chrono::microseconds(std::llround(event.interval_sec * 1e6));
}

}  // namespace activitytrack
