#pragma once

#include "input/stretches.hpp"
#include "input/strokes.hpp"
#include "input/typing.hpp"

#include <array>
#include <cstdint>

namespace activitytrack {

/// What one device did: in the present interval, and, fading over some minutes, in those before it.
class DeviceTrack {
 public:
  /// Takes a sample in, of the stretch `stretch` and not earlier than the one before.
  void add(const InputSample& sample, std::int64_t us, Stretch stretch, Stretches& stretches) noexcept;

  /// Ends what is under way, so that now() is whole. Before each begin_interval().
  void finish(Stretches& stretches) noexcept;

  /// What was measured of late adds up to, and that with what is carried over from before.
  const Sums& now() const noexcept { return now_; }
  Sums carried() const noexcept { return with_past(1); }

  void begin_interval() noexcept;

  /// What was measured up to now is of the past from here on.
  void measure_anew() noexcept;

  bool empty() const noexcept { return samples_ == 0; }
  std::int64_t last_us() const noexcept { return last_us_; }

  /// More came at once than any hands or bot do: timing says nothing of the interval.
  bool flooded() const noexcept { return flooded_; }

  // What reasons name.
  float stroke_period_sec() const noexcept { return strokes_.period() / 10; }
  int rhythm_period() const noexcept { return typing_.rhythm_period(); }

 private:
  Sums with_past(float weight) const noexcept;
  void move(const InputSample& sample, std::int64_t us, Stretch stretch, Stretches& stretches) noexcept;
  void click(std::int64_t us, Stretch stretch, Stretches& stretches) noexcept;
  void release(std::int64_t us) noexcept;
  void scroll(float amount, std::int64_t us, Stretch stretch, Stretches& stretches) noexcept;
  void take_stroke(Stretches& stretches) noexcept;
  void compare(const StrokeShape& shape) noexcept;
  bool of_a_size_seen(const StrokeShape& shape) noexcept;
  void atom(Stretch stretch, bool explained, Stretches& stretches) noexcept;
  void watch_flood(std::int64_t us, Stretch stretch, Stretches& stretches) noexcept;

  Sums now_, before_;
  std::int64_t samples_ = 0;  ///< of the present interval
  bool measured_ = false;     ///< there is something in now_
  std::int64_t last_us_ = 0, carried_until_us_ = 0;
  bool flooded_ = false;
  std::int64_t second_ = 0;
  int presses_in_second_ = 0, flood_seconds_ = 0;

  MotionGrid grid_;
  StrokeMemory strokes_;
  StrokeShape last_stroke_;
  Stretch stroke_stretch_ = 0;
  Beat gaps_, clicks_, notches_;
  std::array<Vec, 8> small_sizes_{};
  std::size_t next_size_ = 0;
  Vec place_, least_, most_;  ///< relative to where the pointer was when the interval began

  float moved_ = 0;    ///< since the last press, px
  float log_gap_ = 0;  ///< between strokes, the one before; 0: none
  std::int64_t press_us_ = 0, notch_us_ = 0, move_us_ = 0;
  bool pressed_ = false, scrolled_ = false;
  bool scrolled_up_ = false;

  Typing typing_;
};

}  // namespace activitytrack
