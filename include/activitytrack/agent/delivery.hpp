#pragma once

#include <activitytrack/buffer/buffer.hpp>
#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/sender/sender.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace activitytrack {

struct DeliveryStatus {
  Time last_success = Time::min();  ///< when the server last answered a batch
  std::string last_error;           ///< of the last try; empty if it succeeded
  std::int64_t sent = 0;            ///< events settled since the start
  std::int64_t rejected = 0;        ///< of these, refused by the server
  int failures = 0;                 ///< tries in a row that failed
};

/// Moves events from a buffer to a sender, each at least once: an event leaves the buffer only when the
/// server has answered for it. It has one thread of its own, asleep between rounds. A round sends all
/// that is pending in batches of at most 500; a batch that is refused is halved until the culprit is
/// alone and set aside, so that it never blocks the rest. So are events of another machine_id than the
/// credential is good for, once the server has taken others.
class Delivery {
 public:
  /// Starts the thread. A first round begins at once if anything is pending, then one each `interval`.
  Delivery(std::shared_ptr<Buffer> buffer, std::shared_ptr<Sender> sender, std::chrono::seconds interval, Clock& clock,
           Log& log);

  /// Cancels what is under way and joins the thread; what was not settled stays in the buffer.
  ~Delivery();

  /// A round as soon as may be, and back when it has ended or `timeout` is over. True if nothing is
  /// pending. This is what a clean stop does, with 5 s.
  bool flush(std::chrono::milliseconds timeout);

  /// A round as soon as may be, and from then on one each `interval`.
  void set_interval(std::chrono::seconds interval);

  /// What goes along with each batch from now on.
  void describe(AgentState agent);

  DeliveryStatus status() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace activitytrack
