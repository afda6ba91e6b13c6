#pragma once

#include "input/sums.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace activitytrack {

/// Remembers the times between key presses, to see when a whole run of them comes again: typing that was
/// recorded and is played back. Which keys they were it does not know.
class RhythmMemory {
 public:
  /// Takes a time in; true if it goes on a run of at least ten that was there before.
  bool add(float ms) noexcept;

  /// After how many presses the run comes again; 0: it does not.
  int period() const noexcept { return run_ >= least_run ? int(lag_) : 0; }

 private:
  static constexpr std::size_t remembered = 1024;
  static constexpr int least_run = 10;

  static constexpr float unit = 32;

  bool same(float a, float b) const noexcept;
  float back(std::size_t n) const noexcept { return float(times_[(next_ + remembered - 1 - n) % remembered]) / unit; }
  void look_for_run() noexcept;

  std::array<std::uint16_t, remembered> times_{};  ///< in 1/unit ms
  std::size_t next_ = 0, filled_ = 0;
  std::size_t lag_ = 0;  ///< 0: none
  int run_ = 0;
};

/// Measures typing by the times of presses and releases (keystroke dynamics: hold, flight, rollover). A slot
/// pairs a release with its press; which key it is, is not known here.
class Typing {
 public:
  /// True if this press follows a pattern: a constant interval, a rhythm that comes again, or by itself after a
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
