#pragma once

#include "server/metrics/histogram.hpp"

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

}  // namespace activitytrack::server
