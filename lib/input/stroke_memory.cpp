#include "input/stroke_memory.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace activitytrack {
namespace {

/// Where a grid falls on a stroke changes its duration by a step and its length by some percent, but not its
/// ends. A player may add noise, and stretch time a little.
float same_end(float path) noexcept { return std::min(1 + 0.01F * path, 4.0F); }
int same_steps(int steps) noexcept { return 1 + steps / 5; }
constexpr float same_path = 0.05F;

bool same_period(float a, float b) noexcept { return std::abs(a - b) <= 3 + 0.002F * b; }

template <class Small>
Small small(float v) noexcept {
  using Limits = std::numeric_limits<Small>;
  return static_cast<Small>(std::lround(std::clamp(v, float(Limits::min()), float(Limits::max()))));
}

}  // namespace

StrokeMemory::Seen StrokeMemory::add(const StrokeShape& stroke) noexcept {
  const Entry now{static_cast<std::uint32_t>(stroke.first), small<std::int16_t>(stroke.x),
                  small<std::int16_t>(stroke.y), small<std::uint16_t>(stroke.path),
                  static_cast<std::uint8_t>(stroke.steps)};
  const float end = same_end(stroke.path);
  const int steps = same_steps(stroke.steps);
  const auto alike = [&](const Entry& e) {
    return std::abs(float(e.x) - stroke.x) <= end && std::abs(float(e.y) - stroke.y) <= end &&
           std::abs(e.steps - now.steps) <= steps && std::abs(float(e.path - now.path)) <= 1 + same_path * stroke.path;
  };
  bool again = false, expected = false;
  float lag = 0;
  for (std::size_t back = 1; back <= remembered && !expected; ++back) {
    const Entry& e = entries_[(next_ + remembered - back) % remembered];
    if (e.steps == 0) break;
    if (!alike(e)) continue;
    const auto since = float(now.first - e.first);
    expected = period_ > 0 && same_period(since, period_);
    if (!again || expected) lag = since;
    again = true;
  }
  entries_[next_] = now;
  next_ = (next_ + 1) % remembered;
  if (!again) return Seen::new_one;
  in_period_ = expected ? in_period_ + 1 : 0;
  period_ = expected ? period_ + (lag - period_) / 8 : lag;
  return expected ? Seen::again_in_period : Seen::again;
}

}  // namespace activitytrack
