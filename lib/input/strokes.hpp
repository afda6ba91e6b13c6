#pragma once

#include "input/motion_grid.hpp"
#include "input/sums.hpp"

#include <array>
#include <cstdint>

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
/// four steps and goes at least 30 px shows that.
void measure_stroke(const Stroke& stroke, const StrokeShape& shape, Sums& sums) noexcept;

/// Remembers strokes, to see when one comes again: what was recorded once and is played in a loop comes again
/// with the same way between the same ends, hands never do that for long.
class StrokeMemory {
 public:
  enum class Seen : std::uint8_t { new_one, again, again_in_period };

  /// Takes a stroke in. One of less than three steps or 20 px says nothing, and is not to be given.
  Seen add(const StrokeShape& stroke) noexcept;

  /// After how long strokes come again, in steps of the grid; 0: not in a period.
  float period() const noexcept { return in_period_ > 0 ? period_ : 0; }

 private:
  struct Entry {
    std::uint32_t first = 0;
    std::int16_t x = 0, y = 0;
    std::uint16_t path = 0;
    std::uint8_t steps = 0;
  };
  static constexpr std::size_t remembered = 400;

  std::array<Entry, remembered> entries_{};  ///< steps 0: none yet
  std::size_t next_ = 0;
  float period_ = 0;
  int in_period_ = 0;  ///< how many strokes in a row came again after period_
};

}  // namespace activitytrack
