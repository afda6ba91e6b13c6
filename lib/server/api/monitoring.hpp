#pragma once

#include "core/event_batch.hpp"
#include "server/api/rejections.hpp"
#include "server/database/database.hpp"
#include "server/http/http_stats.hpp"
#include "server/metrics/metrics_text.hpp"
#include "server/screenshots/screenshots.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>

#include <array>
#include <atomic>
#include <mutex>
#include <optional>

// What shows how the server fares: /metrics and /readyz.

namespace activitytrack::server {

/// What POST /api/events counts, for /metrics. From any thread.
class EventStats {
 public:
  /// Counts what was refused, and the age of the oldest accepted event on arrival: how long it was in the agent's
  /// buffer.
  void note(const DecodedBatch& batch, Time now) noexcept;

  /// By the field at fault: an index into event_fields(), or their number for what was no event at all.
  std::uint64_t rejected(std::size_t field) const noexcept { return rejected_[field].load(std::memory_order_relaxed); }
  std::uint64_t adjusted(std::size_t field) const noexcept { return adjusted_[field].load(std::memory_order_relaxed); }

  /// 1 s to 24 days, and older. Each batch once.
  using Ages = Histogram<1, 22>;
  const Ages& buffer_age_sec() const noexcept { return buffer_age_sec_; }

 private:
  static constexpr std::size_t most_fields = 64;

  std::array<std::atomic<std::uint64_t>, most_fields> rejected_{}, adjusted_{};
  Ages buffer_age_sec_;
};

/// What the server counts beside what Ingest does (IngestStats).
struct Stats {
  explicit Stats(std::size_t routes = 0) : http(routes) {}

  HttpStats http;
  EventStats events;
  RejectionLog rejections;
  ScreenshotStats screenshots;
};

/// Whether this server could store events now. Finds out by a small write, at most once a second:
/// what was found is good until then. From any thread; who asks while another finds out gets what was known
/// before.
class Readiness {
 public:
  /// All are borrowed.
  Readiness(Database& database, Clock& clock, Log& log) : database_(database), clock_(clock), log_(log) {}

  bool check();

 private:
  Database& database_;
  Clock& clock_;
  Log& log_;

  std::mutex mutex_;  ///< held by who finds out
  std::optional<Ticks> found_at_;
  std::atomic<bool> ready_ = false;
};

}  // namespace activitytrack::server
