#pragma once

#include <activitytrack/core/result.hpp>

#include <cstdint>
#include <functional>

// Long work is done in small steps with rests between, so that nobody waits for it.

namespace activitytrack::server {

/// Called between two steps. After one that `worked`, waits a little. Returns false to stop: the work goes on another
/// time.
using Pause = std::function<bool(bool worked)>;

/// How many rows one transaction removes: others wait no longer than for a group of events.
constexpr std::int64_t rows_a_step = 1000;

/// What a step, or several, removed.
struct Removed {
  std::int64_t rows = 0;
  bool more = false;  ///< perhaps some are left
};

/// Calls `remove` until no more are left, or `pause` says to stop: then more are left. Adds up what it removed.
template <class Remove>
Result<Removed> in_steps(const Pause& pause, Remove remove) {
  Removed all;
  do {
    const Result<Removed> step = remove();
    if (!step) return step.error();
    all.rows += step->rows;
    all.more = step->more;
  } while (all.more && pause(true));
  return all;
}

}  // namespace activitytrack::server
