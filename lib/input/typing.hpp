#pragma once

#include "input/beat.hpp"
#include "input/rhythm_memory.hpp"
#include "input/sums.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace activitytrack {

/// Measures typing by the times of presses and releases (keystroke dynamics: hold, flight, rollover). A slot
/// pairs a release with its press; which key it is nobody here knows.
class Typing {
 public:
  /// True if this press follows a pattern: a constant interval, a rhythm that comes again, or alone after a
  /// pause.
  bool press(std::int64_t us, std::uint16_t slot, Sums& sums) noexcept;
  void release(std::int64_t us, std::uint16_t slot, Sums& sums) noexcept;

  /// After how many presses their rhythm comes again; 0: it does not.
  int rhythm_period() const noexcept { return rhythm_.period(); }

 private:
  static constexpr std::size_t max_slots = 16;  ///< beyond are no hands
  static constexpr std::uint32_t not_held = 0;

  struct Held {
    std::int64_t since = 0;
    std::uint32_t number = not_held;  ///< presses are counted from 1
    bool rolled = false;              ///< another was down when it went down
    float log_gap = 0;                ///< since the press before; 0: none
  };

  /// The mean of the last few logarithms of times.
  struct Lately {
    float mean = 0;
    int n = 0;

    void add(float v) noexcept { mean += (v - mean) / float(std::min(++n, 8)); }
    bool known() const noexcept { return n >= 8; }
  };

  int held_down(std::int64_t us, std::uint32_t before) const noexcept;
  bool measure_gap(float ms, Sums& sums) noexcept;
  void measure_order(float log_gap, Sums& sums) noexcept;
  void measure_hold(float ms, const Held& held, Sums& sums) noexcept;
  void measure_flight(float ms, Sums& sums) noexcept;

  std::array<Held, max_slots> held_{};
  std::uint32_t presses_ = 0;
  Beat beat_;
  RhythmMemory rhythm_;
  std::int64_t last_press_ = 0, last_release_ = 0;
  std::uint32_t released_ = 0;        ///< the number of the last press that was released
  float log_gap_ = 0, log_hold_ = 0;  ///< of the one before; 0: none
  float gap_before_ = 0;              ///< of the one before that
  float pause_before_ms_ = 0;         ///< 0: none
  Lately gaps_, holds_;
  int burst_ = 0;
};

}  // namespace activitytrack
