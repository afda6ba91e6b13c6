#pragma once

#include "input/sums.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace activitytrack {

struct Vec {
  float x = 0, y = 0;
};

/// A movement without a rest in it, in steps of the grid: what the pointer moved in each 100 ms.
struct Stroke {
  static constexpr std::size_t max_steps = 60;

  std::int64_t first = 0;  ///< the grid's number of its first step
  std::size_t count = 0;
  std::array<Vec, max_steps> steps;
  bool cut = false;  ///< it was ended for its length

  std::span<const Vec> view() const noexcept { return {steps.data(), count}; }
};

/// Brings motion to a grid of 100 ms, and cuts it into strokes: so it is measured alike whether a device
/// reports a thousand times a second or a remote desktop ten times. What a report says of the time since the
/// one before is spread evenly over it.
class MotionGrid {
 public:
  static constexpr std::int64_t step_us = 100'000;
  static constexpr std::int64_t longest_rest_us = 350'000;  ///< a longer one ends a stroke

  /// Movement at `us`, not before the one before. True if that ended a stroke, now in stroke(): before the
  /// next call it must have been used.
  bool add(std::int64_t us, float dx, float dy) noexcept;

  /// Ends the stroke that is under way, if there is one.
  bool end() noexcept;

  const Stroke& stroke() const noexcept { return ended_; }
  bool under_way() const noexcept { return filling_ || open_.count > 0; }

 private:
  bool close_step() noexcept;
  void put_step() noexcept;

  Stroke open_, ended_;
  std::int64_t step_ = 0;  ///< being filled
  Vec moved_;              ///< in it
  bool filling_ = false;
  std::int64_t last_us_ = 0;
};

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
