#pragma once

#include "agent/given_parts.hpp"
#include "agent/network_watch.hpp"
#include "agent/send_schedule.hpp"
#include "core/worker.hpp"

#include <activitytrack/agent/agent.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

namespace activitytrack {

/// Runs rounds on a thread of its own, when they are due by a SendSchedule. Asleep in between.
class Rounds {
 public:
  /// `cancel` makes a round under way end soon; it is called from another thread. `name` is for the log. `network` is
  /// armed while rounds fail. It is borrowed, as `log` is.
  Rounds(std::string_view name, std::function<RoundEnd()> round, std::function<void()> cancel,
         std::chrono::seconds interval, NetworkWatch& network, Log& log);

  /// Cancels what is under way and joins the thread.
  ~Rounds();

  /// A round as soon as may be, and back when it has ended or `timeout` is over. True if it did all.
  bool flush(std::chrono::milliseconds timeout);

  /// The same, but does not wait for it.
  void now();

  // As SendSchedule's. From any thread.
  void soon();
  void set_interval(std::chrono::seconds interval);

  /// Whether it is being destroyed: what fails then was cancelled.
  bool stopping() const;

 private:
  bool step(Worker::Lock& lock);
  std::uint64_t want_one();  // which is the number of it; the mutex is held

  const std::function<RoundEnd()> round_;
  const std::function<void()> cancel_;
  NetworkWatch& network_;
  Log& log_;

  // Shared.
  SendSchedule schedule_;
  std::uint64_t rounds_wanted_ = 0;  // flush asks for one more than have ended
  std::uint64_t rounds_ended_ = 0;
  bool in_round_ = false;
  bool done_ = false;  // the last round did all

  Worker worker_;
};

/// What a sender's `send` returned; what it threw, as an error to try again after.
template <class Call>
SendOutcome outcome_of_call(Call send) {
  Result<SendOutcome> outcome = caught("the sender", send);
  return outcome ? std::move(*outcome) : SendOutcome{.error = outcome.error()};
}

/// How a delivery goes, for its status and the log. Written by its thread, read by any.
class DeliveryRecord {
 public:
  /// `what` is delivered: "events".
  DeliveryRecord(std::string_view what, Clock& clock, Log& log) : what_(what), clock_(clock), log_(log) {}

  void sent(std::int64_t count, std::int64_t rejected);

  /// An outage of days is one line in the log.
  void failed(const Error& error);

  AgentStatus::Delivery status() const;

 private:
  std::string_view what_;
  Clock& clock_;
  Log& log_;
  mutable std::mutex mutex_;
  AgentStatus::Delivery status_;
};

}  // namespace activitytrack
