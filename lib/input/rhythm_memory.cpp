#include "input/rhythm_memory.hpp"

#include <algorithm>
#include <cmath>

namespace activitytrack {
namespace {

constexpr std::size_t seed = 8;  // fewer come again by chance
constexpr std::size_t search_every = 4;

}  // namespace

/// A player's timer, or noise that was added, puts times off by some milliseconds.
bool RhythmMemory::same(float a, float b) const noexcept { return std::abs(a - b) <= 8 + b / 32; }

bool RhythmMemory::add(float ms) noexcept {
  times_[next_] = ms;
  next_ = (next_ + 1) % remembered;
  filled_ = std::min(filled_ + 1, remembered);
  if (lag_ > 0 && lag_ < filled_ && same(ms, back(lag_))) {
    ++run_;
  } else {
    lag_ = 0, run_ = 0;
    if (next_ % search_every == 0) look_for_run();
  }
  return run_ >= least_run;
}

void RhythmMemory::look_for_run() noexcept {
  for (std::size_t lag = 1; lag + seed <= filled_; ++lag) {
    std::size_t n = 0;
    while (n < seed && same(back(n), back(lag + n))) ++n;
    if (n < seed) continue;
    lag_ = lag, run_ = int(seed);
    return;
  }
}

}  // namespace activitytrack
