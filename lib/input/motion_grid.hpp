#pragma once

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
  void put(std::int64_t step, Vec moved) noexcept;

  Stroke open_, ended_;
  std::int64_t step_ = 0;  ///< being filled
  Vec moved_;              ///< in it
  bool filling_ = false;
  std::int64_t last_us_ = 0;
};

}  // namespace activitytrack
