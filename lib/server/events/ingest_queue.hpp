#pragma once

#include "server/events/store.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace activitytrack::server {

/// What one request brings, until it is stored.
struct Submission {
  /// Called once with what became of it. Must not block.
  using Done = std::function<void(Result<Counts>)>;

  /// The machine that it came from, as the gate let it in.
  struct Sender {
    std::int64_t credential;  ///< Principal::id
    std::int64_t version;     ///< Principal::version
  };

  std::vector<Event> events;
  std::optional<AgentState> agent{};
  std::optional<Sender> sender{};  ///< none where there are no accounts
  std::vector<Rejections> rejected{};
  Done done{};
};

/// What waits to be stored. Each sender's batches stay in their order, and senders are taken in turn: however much one
/// of them sends, the others' wait is short. A long batch is stored in parts while others wait, and answered when the
/// last part is. Not thread-safe.
class IngestQueue {
 public:
  /// At most `most_events` wait, and of each credential a fifth of them; but a batch of any length where nothing does.
  explicit IngestQueue(std::size_t most_events) : most_events_(most_events) {}

  /// Leaves the batch as it is, and returns false, if as much waits as may.
  bool add(Submission& batch);

  bool empty() const { return turns_.empty(); }
  std::size_t events() const { return events_; }

  /// What is to be stored together: of each sender its share, at least one batch or a part of one.
  std::vector<Submission> take_group();

 private:
  struct Waiting {
    std::deque<Submission> batches;
    std::size_t events = 0;
  };

  void take(Waiting& from, std::size_t room, std::vector<Submission>& group);

  const std::size_t most_events_;
  std::map<std::int64_t, Waiting> senders_;  ///< who has something waiting
  std::deque<std::int64_t> turns_;           ///< these, the next one first
  std::size_t events_ = 0;
};

}  // namespace activitytrack::server
