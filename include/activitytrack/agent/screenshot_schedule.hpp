#pragma once

#include <activitytrack/core/clock.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace activitytrack {

enum class ScreenshotMoment {
  interval,  ///< at each multiple of the interval on the clock
  random,    ///< once in each interval, at a moment that nobody can foresee
  focus,     ///< when another window gets the focus, at most once in min_between_focus
};

struct ScreenshotRhythm {
  ScreenshotMoment moment = ScreenshotMoment::interval;
  std::chrono::seconds interval = std::chrono::minutes(5);

  friend bool operator==(const ScreenshotRhythm&, const ScreenshotRhythm&) = default;
};

/// When a screenshot is due. It reads no clock: a pure function of what it is told and of its random numbers.
class ScreenshotSchedule {
 public:
  static constexpr std::chrono::seconds min_between_focus{10};

  /// A moment that is noticed later than this was slept through, or stepped over by the clock.
  static constexpr std::chrono::seconds most_late{5};

  /// Gives numbers uniform over all 64 bits. A random moment is drawn when its interval begins and not
  /// before: nobody can know one of a coming interval.
  using Random = std::function<std::uint64_t()>;

  ScreenshotSchedule(ScreenshotRhythm rhythm, Time now, Random random);

  /// When to ask `due` again; nullopt where a change of focus alone decides.
  std::optional<Time> next() const noexcept;

  /// Whether one is due now. Each moment is due once, also when the clock was set back a little; one that was
  /// slept through or stepped over is not made up for. A change of focus too soon after the last one is due
  /// when that time is over.
  bool due(Time now, bool focus_changed);

 private:
  bool due_by_clock(Time now);
  bool due_by_focus(Time now, bool focus_changed);
  void enter(Time begin);

  ScreenshotRhythm rhythm_;
  Random random_;
  Time begin_{};                  ///< of the interval that is planned
  std::optional<Time> moment_{};  ///< of it; nullopt once it is over
  bool focus_waits_ = false;
  Time last_focus_ = Time::min();
};

}  // namespace activitytrack
