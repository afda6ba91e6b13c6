#pragma once

#include "core/worker.hpp"
#include "server/events/admission.hpp"
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
/// runs is stored together by the next one; a batch that finds the thread at rest is stored at once. A batch that
/// cannot be stored fails by itself: a group that fails because of what it holds is split until the culprit is found.
class Ingest {
 public:
  /// Called once with what became of a batch, when it is durable, on a thread of this class. Must not block.
  /// `unauthorized`: who sent it has been shut out since they were let in.
  using Done = std::function<void(Result<Counts>)>;

  /// The machine that a batch came from, as the gate let it in.
  struct Sender {
    std::int64_t credential;  ///< Principal::id
    std::int64_t version;     ///< Principal::version
  };

  /// What one request brings.
  struct Submission {
    std::vector<Event> events;
    std::optional<AgentState> agent{};
    std::optional<Sender> sender{};  ///< none where there are no accounts
    Done done;
  };

  /// The store, credentials, clock and log are borrowed. At most `max_queued_events` wait.
  Ingest(StoreWriter& store, CredentialCheck& credentials, Clock& clock, Log& log,
         std::size_t max_queued_events = 100'000);

  /// Takes a batch from any thread. False, and `done` is never called, if the queue is full or was stopped.
  bool submit(Submission batch);

  /// Stores what is queued, then ends the threads. No batch is taken any more.
  void stop();

  const IngestStats& stats() const { return stats_; }

 private:
  using Group = std::span<Submission>;

  /// A group that was stored, and is to be made durable.
  struct Stored {
    struct Part {
      Done done;
      Counts counts;
    };
    std::vector<Part> batches;
    Ticks began;
  };

  bool step(Worker::Lock& lock);
  std::vector<Submission> take_group();
  void store_group(Group group);
  Result<Appended> append(Group group, std::optional<std::int64_t> version);
  Group answer_shut_out(Group group, std::optional<std::int64_t> version);
  void split_or_fail(Group group, const Error& error);
  bool flush_step(Worker::Lock& lock);
  void flush(std::vector<Stored>& groups);
  void note_failure(const Error& error);

  StoreWriter& store_;
  CredentialCheck& credentials_;
  Clock& clock_;
  Log& log_;
  const std::size_t max_queued_events_;
  IngestStats stats_;

  std::vector<Stored> stored_;
  Worker flusher_;
  std::vector<Submission> queue_;
  std::size_t queued_events_ = 0;
  Worker worker_;  ///< ends before flusher_, which takes what it stored
};

}  // namespace activitytrack::server
