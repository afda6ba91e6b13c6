#pragma once

#include "server/events/credential_check.hpp"
#include "server/events/flusher.hpp"
#include "server/events/ingest_stats.hpp"
#include "server/events/store.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace activitytrack::server {

/// The one thread that stores events. What is handed over while a commit runs is stored together by the next one; a
/// batch that finds the thread at rest is stored at once. The next one begins while the Flusher syncs the last. A batch
/// that cannot be stored fails by itself: a group that fails because of what it holds is split until the culprit is
/// found.
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

  bool step(Worker::Lock& lock);
  std::vector<Submission> take_group();
  void store_group(Group group);
  Result<Appended> append(Group group, std::optional<std::int64_t> version);
  Group answer_shut_out(Group group, std::optional<std::int64_t> version);
  void split_or_fail(Group group, const Error& error);

  StoreWriter& store_;
  CredentialCheck& credentials_;
  Clock& clock_;
  const std::size_t max_queued_events_;
  IngestStats stats_;
  Outage outage_;
  Flusher flusher_;

  std::vector<Submission> queue_;
  std::size_t queued_events_ = 0;
  Worker worker_;  ///< ends before flusher_, which takes what it stored
};

}  // namespace activitytrack::server
