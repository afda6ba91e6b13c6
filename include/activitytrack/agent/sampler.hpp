#pragma once

#include <activitytrack/core/event.hpp>
#include <activitytrack/desktop/desktop.hpp>
#include <activitytrack/input/classifier.hpp>
#include <activitytrack/input/input_source.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace activitytrack {

/// Folds samples into one Event for each interval. Pure: it reads no clock and touches no file, so a day replays in
/// milliseconds. Not thread-safe. What the classifier, the system, the zone or the sink throws passes through.
///
/// Intervals are aligned to the wall clock: with 60 s they begin at each full minute. The first and the
/// last are shorter, as are those around a pause, a suspend and a step of the wall clock; `interval_sec`
/// says how long each was observed. A suspend and a step are seen as a change of `wall - ticks` by more
/// than a second between two readings: the interval is closed where time broke off, and a new one begins
/// where it went on, with a gap_before: `asleep` if the machine slept for that long, else `clock`. Timestamps never
/// repeat, also when the wall clock was set back.
///
/// Feed everything in order of time: `input` and `focus` for what happened, then `advance`. A sample
/// older than what was already folded counts at the present point, so that none is lost.
class Sampler {
 public:
  struct Options {
    std::string machine_id;
    std::chrono::seconds interval{60};  ///< at least 1 s
    std::chrono::seconds idle_after{60};
    bool window_titles = true;    ///< false: active_window stays empty
    bool system_stats = true;     ///< false: CPU, memory and disk stay empty
    bool input_measures = false;  ///< true: with what each interval was judged by
  };

  using EventSink = std::function<void(Event)>;

  /// `classifier`, `system` and `zone` are borrowed and outlive the sampler.
  Sampler(Options options, Classifier& classifier, SystemStats& system, TimeZoneSource& zone, EventSink sink);
  ~Sampler();

  /// Begins to observe. Events before `not_before` (the last one that an earlier run collected) are
  /// given a timestamp of their own, as after a step back of the clock. With `first` the first interval is at most so
  /// long. `gap` is why the time before was not observed: the next event's, unless it has an earlier one by then.
  void start(ClockReading now, Time not_before = Time::min(), std::optional<std::chrono::seconds> first = std::nullopt,
             std::optional<Gap> gap = std::nullopt);

  void input(const InputSample& sample);
  void focus(const FocusSample& sample);

  /// Moves on to `now` and gives each interval that has ended to the sink. Returns whether time had broken off: the
  /// machine was suspended, or the clock was set.
  bool advance(ClockReading now);

  /// Closes the present interval at `now` and stops observing until `start`. This is a pause, or the end.
  void stop(ClockReading now);

  bool observing() const noexcept;

  /// Whether a genuine input lies at most `idle_after` before `at`, as far as was advanced and is judged by now.
  bool active(Ticks at) const;

  /// When the present interval ends. Meaningless while not observing.
  Time next_boundary() const noexcept;

  /// What the present interval holds so far; for showing, not for storing.
  Event preview(ClockReading now) const;

  /// New options hold from now on. The present interval is closed first if `interval` or `machine_id` changes.
  void configure(Options options, ClockReading now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace activitytrack
