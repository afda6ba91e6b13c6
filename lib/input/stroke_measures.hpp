#pragma once

#include "input/motion_grid.hpp"
#include "input/sums.hpp"

namespace activitytrack {

/// A stroke in short.
struct StrokeShape {
  std::int64_t first = 0;  ///< step of the grid at which it began
  std::int32_t steps = 0;  ///< that it lasted
  float x = 0, y = 0;      ///< from its start to its end, px
  float path = 0;          ///< its length along the way, px
  bool still() const noexcept { return path < 0.5F; }
  bool lone() const noexcept { return steps <= 2; }
  float direct() const noexcept { return std::hypot(x, y); }
};

StrokeShape shape_of(const Stroke& stroke) noexcept;

/// Adds to `sums` how a stroke was drawn: smoothness, straightness, speeds, turns. Only what lasts at least
/// four steps and goes at least 30 px tells that.
void measure_stroke(const Stroke& stroke, const StrokeShape& shape, Sums& sums) noexcept;

}  // namespace activitytrack
