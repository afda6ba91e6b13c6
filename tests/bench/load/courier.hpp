#pragma once

#include "connection.hpp"
#include "histogram.hpp"
#include "ledger.hpp"
#include "texts.hpp"

#include <chrono>
#include <map>

namespace activitytrack::load {

using Clock = std::chrono::steady_clock;

/// What a run came to.
struct Figures {
  Histogram latency;                      ///< of what was stored, from when it was due
  std::map<int, std::uint64_t> statuses;  ///< answers by status
  std::uint64_t lost = 0;                 ///< requests that were sent and never answered
  std::uint64_t unreached = 0;            ///< requests that found no server
  std::uint64_t accepted = 0, duplicates = 0;
  std::uint64_t unaccounted = 0;  ///< events of answers 200 that were neither accepted nor duplicates
  std::uint64_t bytes_sent = 0, bytes_received = 0;
  Clock::time_point began = Clock::now(), ended = began;  ///< `ended`: the last answer
};

struct MachineName {
  std::string id;
  std::string credential;  ///< "" where none is needed
};

/// Events on their way, in one request.
struct Post {
  std::size_t machine = 0;
  std::uint64_t first = 0, count = 0;
  Clock::time_point due{};
};

/// Writes requests, and keeps the books of what became of them.
class Courier {
 public:
  enum class Outcome {
    stored,
    again,    ///< it may be tried again
    refused,  ///< trying again is no use
  };

  /// All is borrowed.
  Courier(const Target& target, std::span<const MachineName> machines, Shape shape);

  Connection::State send(Connection& connection, const Post& post);

  /// After `answered` or `lost`.
  Outcome settle(const Connection& connection, Connection::State state, const Post& post);

  const Target& target() const { return target_; }
  std::size_t machines() const { return machines_.size(); }
  const Figures& figures() const { return figures_; }
  const Ledger& ledger() const { return ledger_; }

 private:
  Outcome settle_stored(const Answer& answer, const Post& post);

  const Target& target_;
  std::span<const MachineName> machines_;
  Texts texts_;
  Ledger ledger_;
  Figures figures_;
  std::string head_start_, head_, body_;
};

}  // namespace activitytrack::load
