#pragma once

#include <activitytrack/core/event.hpp>
#include <activitytrack/report/summary.hpp>

#include <optional>
#include <span>
#include <vector>

namespace activitytrack {

/// The gap before an event. `end_before`: when the event before it ended; none before a machine's first event, whose
/// gap has no beginning. Over a clock that was set back the gap is a moment.
std::optional<UnobservedTime> gap_before(std::optional<Time> end_before, Time timestamp, std::optional<Gap> name);

/// Of `gaps` those in `range`, cut to it.
std::vector<UnobservedTime> gaps_within(std::span<const UnobservedTime> gaps, TimeRange range);

/// Finds the gaps between events that are given in order of time.
class GapFinder {
 public:
  void add(const Event& event);

  std::vector<UnobservedTime> take() { return std::move(gaps_); }

 private:
  std::optional<Time> end_;
  std::vector<UnobservedTime> gaps_;
};

}  // namespace activitytrack
