#pragma once

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

}  // namespace activitytrack
