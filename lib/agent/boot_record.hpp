#pragma once

#include <activitytrack/core/event.hpp>
#include <activitytrack/core/log.hpp>

#include <string>

namespace activitytrack {

/// Knows whether the machine was off since the event before: keeps in a file of which boot the latest event is. It is
/// written durably once in a run, with the run's first event, so that a kill or a power loss at any time leaves it
/// right. No clock is asked: one that is wrong at the start of the machine changes nothing.
class BootRecord {
 public:
  /// `boot_id` is of this boot; "": not known. `file`: "" keeps nothing. `log` is borrowed.
  BootRecord(std::string boot_id, std::string file, Log& log);

  /// Why nothing was observed between the event before this run and its beginning: `off` or `stopped`.
  Gap gap_before_run() const { return gap_; }

  /// An event of this run is in the buffer.
  void event_kept();

 private:
  std::string boot_id_, file_;
  Log& log_;
  Gap gap_ = Gap::stopped;
  bool written_ = false;
};

}  // namespace activitytrack
