#pragma once

#include "agent/rounds.hpp"

#include <activitytrack/buffer/buffer.hpp>
#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/sender/sender.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace activitytrack {

/// Puts events into the buffer. While the buffer cannot take them (a full disk), they wait in memory, up to
/// a day of minutes; then the oldest is given up, and that is logged.
class Intake {
 public:
  Intake(std::shared_ptr<Buffer> buffer, Log& log) : buffer_(std::move(buffer)), log_(log) {}

  void put(Event event);

  std::int64_t stored() const { return stored_; }
  std::int64_t waiting() const { return static_cast<std::int64_t>(waiting_.size()); }
  const std::string& error() const { return error_; }

 private:
  std::shared_ptr<Buffer> buffer_;
  Log& log_;
  std::deque<Event> waiting_;
  std::int64_t stored_ = 0;
  std::string error_;  ///< of the last try; empty if it succeeded
};

/// Moves events from a buffer to a sender, each at least once: an event leaves the buffer only when the
/// server has answered for it. It has one thread of its own, asleep between rounds. A round sends all
/// that is pending in batches of at most 500; a batch that is refused is halved until the culprit is
/// by itself and set aside, so that it never blocks the rest. So are events of another machine_id than the
/// credential is good for, once the server has taken others.
class Delivery {
 public:
  using OnAnswer = std::function<void(const BatchAnswer&)>;

  /// Starts the thread. A first round begins within seconds, then one each `interval`; see SendSchedule. `on_answer`
  /// sees on it what settled a batch; it may be empty. What is borrowed outlives it.
  Delivery(std::shared_ptr<Buffer> buffer, std::shared_ptr<Sender> sender, OnAnswer on_answer,
           std::chrono::seconds interval, NetworkWatch& network, Clock& clock, Log& log);

  /// A round as soon as may be, and back when it has ended or `timeout` is over. True if nothing is
  /// pending. This is what a clean stop does, with 5 s.
  bool flush(std::chrono::milliseconds timeout) { return rounds_.flush(timeout); }

  /// A round within seconds.
  void send_soon() { rounds_.soon(); }

  /// A round within seconds, and from then on one each `interval`.
  void set_interval(std::chrono::seconds interval) { rounds_.set_interval(interval); }

  /// What goes along with each batch from now on. Where no events wait, a round sends it by itself if its state is
  /// another than the receiver was told last, or blind.
  void describe(AgentState agent);

  /// A round as soon as may be, and `held` is let go of when one that began after this has ended.
  void send_now(std::shared_ptr<void> held = nullptr);

  AgentStatus::Delivery status() const { return record_.status(); }

 private:
  using Batch = std::span<const EncodedEvent>;

  struct Forbidden {
    std::vector<std::int64_t> events;
    Error error;
  };

  RoundEnd run();
  bool send_pending();
  bool send_word();
  bool send_allowed(Batch batch);
  bool send(Batch batch);
  bool send_by_machine(Batch batch, const Error& error);
  bool put_forbidden_aside();
  bool settle(const std::vector<Buffer::Settled>& settled);
  void answered(const BatchAnswer& answer);
  bool failed(const Error& error);
  std::optional<AgentState> agent_now();

  const std::shared_ptr<Buffer> buffer_;
  const std::shared_ptr<Sender> sender_;
  const OnAnswer on_answer_;
  Log& log_;
  DeliveryRecord record_;

  std::mutex mutex_;
  // Guarded by it.
  std::optional<AgentState> agent_;
  std::vector<std::shared_ptr<void>> held_;

  // Of the thread only, in one round.
  std::optional<std::chrono::seconds> retry_after_{};
  std::map<std::string, Forbidden, std::less<>> forbidden_;  // by machine
  std::set<std::string, std::less<>> taken_of_;              // machines
  bool settled_some_ = false;

  AgentState told_;  // of the thread only: its state is what the receiver was told last

  Rounds rounds_;  // last: its thread uses the others
};

}  // namespace activitytrack
