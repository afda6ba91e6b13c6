#include "input/rhythm_memory.hpp"

#include <algorithm>
#include <cmath>

namespace activitytrack {
namespace {

constexpr std::size_t seed = 6;  // fewer come again by chance
constexpr std::size_t search_every = 4;
constexpr int miss = 4;  // a time that does not fit is worth as many that do
constexpr int longest_run = 40;

}  // namespace

/// A player's timer, or noise that was added, puts times off by some milliseconds.
bool RhythmMemory::same(float a, float b) const noexcept { return std::abs(a - b) <= 12 + b / 32; }

bool RhythmMemory::add(float ms) noexcept {
  times_[next_] = static_cast<std::uint16_t>(std::clamp(ms * unit, 0.0F, 65535.0F));
  next_ = (next_ + 1) % remembered;
  filled_ = std::min(filled_ + 1, remembered);
  const bool goes_on = lag_ > 0 && lag_ < filled_ && same(ms, back(lag_));
  run_ = std::max(0, goes_on ? std::min(run_ + 1, longest_run) : run_ - miss);
  if (run_ == 0) lag_ = 0;
  if (lag_ == 0 && next_ % search_every == 0) look_for_run();
  return goes_on && run_ >= least_run;
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
