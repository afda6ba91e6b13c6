#pragma once

#include "core/worker.hpp"
#include "server/events/admission.hpp"
#include "server/events/daily_quota.hpp"
#include "server/events/ingest_queue.hpp"
#include "server/events/store.hpp"
#include "server/metrics/metrics_text.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace activitytrack::server {

/// What Ingest counts, for /metrics and /readyz. Written by its thread, read by any.
struct IngestStats {
  std::atomic<std::uint64_t> accepted{0}, duplicates{0};  ///< events
  std::atomic<std::uint64_t> queue_full{0};               ///< batches turned away
  std::atomic<std::uint64_t> over_quota{0};               ///< batches turned away for the machine's daily quota
  std::atomic<std::uint64_t> failed{0};                   ///< batches that could not be stored
  std::atomic<std::uint64_t> shut_out{0};                 ///< batches whose sender was shut out meanwhile
  std::atomic<std::uint64_t> queued_events{0};            ///< waiting now
  std::atomic<bool> failing{false};                       ///< whether the last group could not be stored
  std::atomic<std::int64_t> failed_at_us{0};              ///< when one last could not, by Clock's ticks; 0: never
  Histogram<1, 15> group_events;                          ///< 1 to 16,384 events, and more
  Histogram<64, 17> commit_us;                            ///< 64 us to 4 s, and longer
};

/// The one thread that stores events, and one that makes what was stored durable and then reports it to its senders: so
/// the writer goes on with the next group while the disk is at work on the last. What is handed over while a commit
/// runs is stored together by the next one, senders in turn (IngestQueue); a batch that finds the thread at rest is
/// stored at once. A batch that cannot be stored fails by itself: a group that fails because of what it holds is split
/// until the culprit is found.
class Ingest {
 public:
  /// `done` is called when a batch is durable, on a thread of this class. `unauthorized`: who sent it has been shut out
  /// since they were let in.
  using Submission = server::Submission;

  /// The store, credentials, clock and log are borrowed. At most `max_queued_events` wait; a machine may send
  /// `daily_events` a day (DailyQuota).
  Ingest(StoreWriter& store, CredentialCheck& credentials, Clock& clock, Log& log,
         std::size_t max_queued_events = 100'000, std::int64_t daily_events = 0);

  /// Has `call` called with the machines of what became durable, on a thread of this class. Before anything is
  /// submitted; `call` must not wait.
  using Heard = std::function<void(std::span<const std::string> machine_ids)>;
  void on_heard(Heard call) { heard_ = std::move(call); }

  /// Takes a batch from any thread. False, and `done` is never called, if the queue is full or was stopped.
  bool submit(Submission batch);

  /// If the machine has sent as many events as it may today: how long until the day ends. Counted as a batch turned
  /// away.
  std::optional<std::chrono::seconds> over_quota(std::string_view machine_id);
  std::int64_t daily_events() const { return quota_.events(); }

  /// Stores what is queued, then ends the threads. No batch is taken any more.
  void stop();

  const IngestStats& stats() const { return stats_; }

 private:
  using Group = std::span<Submission>;

  /// A group that was stored, and is to be made durable.
  struct Stored {
    struct Part {
      Submission::Done done;
      Counts counts;
    };
    std::vector<Part> batches;
    Ticks began;
    std::vector<std::string> machines{};  ///< for on_heard()
  };

  bool step(Worker::Lock& lock);
  void store_group(Group group);
  Result<Appended> append(Group group, Time now, std::optional<std::int64_t> version);
  Group answer_shut_out(Group group, std::optional<std::int64_t> version);
  void split_or_fail(Group group, const Error& error);
  bool flush_step(Worker::Lock& lock);
  void flush(std::vector<Stored>& groups);
  void note_failure(const Error& error);

  StoreWriter& store_;
  CredentialCheck& credentials_;
  Clock& clock_;
  Log& log_;
  DailyQuota quota_;
  IngestStats stats_;
  Heard heard_;

  std::vector<Stored> stored_;
  Worker flusher_;
  IngestQueue queue_;
  Worker worker_;  ///< ends before flusher_, which takes what it stored
};

}  // namespace activitytrack::server
