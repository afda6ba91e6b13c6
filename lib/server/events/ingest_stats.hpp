#pragma once

#include "server/metrics/histogram.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>

namespace activitytrack::server {

/// What Ingest counts, for /metrics and /readyz. Written by its thread, read by any.
struct IngestStats {
  std::atomic<std::uint64_t> accepted{0}, duplicates{0};  ///< events
  std::atomic<std::uint64_t> queue_full{0};               ///< batches turned away
  std::atomic<std::uint64_t> failed{0};                   ///< batches that could not be stored
  std::atomic<std::uint64_t> shut_out{0};                 ///< batches whose sender was shut out meanwhile
  std::atomic<std::uint64_t> queued_events{0};            ///< waiting now
  std::atomic<bool> failing{false};                       ///< whether the last group could not be stored
  std::atomic<std::int64_t> failed_at_us{0};              ///< when one last could not, by Clock's ticks; 0: never
  Histogram<1, 15> group_events;                          ///< 1 to 16,384 events, and more
  Histogram<64, 17> commit_us;                            ///< 64 us to 4 s, and longer
};

/// Notes when events cannot be stored, and when they can again: once for each outage, because agents come back often,
/// and the log must not fill the disk that is full. Callable from any thread.
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
