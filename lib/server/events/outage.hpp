#pragma once

#include "server/events/ingest_stats.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>

namespace activitytrack::server {

/// What the senders are told: to them `permission` would mean that they are shut out, not that the store is.
inline Error told_to_senders(Error error) {
  if (error.code == ErrorCode::permission) error.code = ErrorCode::unavailable;
  return error;
}

/// Notes when events cannot be stored, and when they can again: once for each outage, for agents come back often, and
/// the log must not fill the disk that is full. Callable from any thread.
class Outage {
 public:
  Outage(Clock& clock, Log& log, IngestStats& stats) : clock_(clock), log_(log), stats_(stats) {}

  void failed(const Error& error) {
    stats_.failed_at_us = clock_.read().ticks.time_since_epoch().count();
    if (stats_.failing.exchange(true)) return;
    log_.error("events not stored, agents are told to come back", {{"error", error.message}});
  }

  void passed() {
    if (stats_.failing.exchange(false)) log_.info("storing again");
  }

 private:
  Clock& clock_;
  Log& log_;
  IngestStats& stats_;
};

}  // namespace activitytrack::server
