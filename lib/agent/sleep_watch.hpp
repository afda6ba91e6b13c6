#pragma once

#include "agent/waits.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/desktop/desktop.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace activitytrack {

/// Whether the machine is about to sleep, as a SleepSource says. Who says that it sleeps and never that it woke is not
/// waited for: a while awake later, it is awake.
class SleepWatch {
 public:
  /// The sleep is held back no longer than this.
  static constexpr std::chrono::seconds longest_hold{2};
  /// How long after the word that it sleeps the machine is awake, whatever was said.
  static constexpr std::chrono::seconds longest_wait{30};

  /// `source`: null where nobody says so. `log` is borrowed.
  SleepWatch(std::unique_ptr<SleepSource> source, Log& log) : source_(std::move(source)), log_(log) {}

  /// -1 where there is none.
  int fd() const { return source_ ? source_->fd() : -1; }

  /// Looks. A source that fails is taken out of `waits` and closed.
  void look(Ticks now, WaitSet& waits);

  bool sleeps() const { return since_.has_value(); }

  /// Once after the machine was said to sleep: what holds that back, until `longest_hold` is over.
  std::shared_ptr<SleepHold> take_hold();

  /// When to look though `fd` is not readable.
  std::optional<Ticks> next() const;

 private:
  std::unique_ptr<SleepSource> source_;
  Log& log_;
  std::optional<Ticks> since_;
  std::weak_ptr<SleepHold> held_;
};

}  // namespace activitytrack
