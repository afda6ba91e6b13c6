#pragma once

#include <activitytrack/core/clock.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace activitytrack {

enum class ScreenshotMoment {
  interval,  ///< at each multiple of the interval on the clock
  random,    ///< once in each interval, at a moment that nobody can foresee
  focus,     ///< when another window gets the focus, at most once in min_between_focus
};

struct ScreenshotRhythm {
  ScreenshotMoment moment = ScreenshotMoment::interval;
  std::chrono::minutes interval{5};

  friend bool operator==(const ScreenshotRhythm&, const ScreenshotRhythm&) = default;
};

/// When a screenshot is due. A pure function of its seed and of what it is told.
class ScreenshotSchedule {
 public:
  static constexpr std::chrono::seconds min_between_focus{10};

  ScreenshotSchedule(ScreenshotRhythm rhythm, Time now, std::uint64_t seed);

  /// The next moment by the clock; nullopt where focus decides.
  std::optional<Time> next() const noexcept;

  /// Whether one is due now; each moment is due once, and one that was slept through or stepped over is not
  /// made up for.
  bool due(Time now, bool focus_changed);

 private:
  void plan(Time now);

  ScreenshotRhythm rhythm_;
  std::mt19937_64 random_;
  std::optional<Time> next_;
  Time last_focus_ = Time::min();
};

}  // namespace activitytrack
