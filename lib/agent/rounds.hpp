#pragma once

#include "core/backoff.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace activitytrack {

/// How a round of sending ended.
struct RoundEnd {
  bool all_done = false;  ///< false: something stays that has to be tried again
  bool progress = false;  ///< the receiver took something
  std::optional<std::chrono::seconds> retry_after{};
};

/// Runs rounds on a thread of its own: one at once, then one each `interval`, and after one that failed with
/// growing waits. Asleep in between.
class Rounds {
 public:
  /// `cancel` makes a round under way end soon; it is called from another thread.
  Rounds(std::function<RoundEnd()> round, std::function<void()> cancel, std::chrono::seconds interval);

  /// Cancels what is under way and joins the thread.
  ~Rounds();

  /// A round as soon as may be, and back when it has ended or `timeout` is over. True if it did all.
  bool flush(std::chrono::milliseconds timeout);

  /// A round as soon as may be, and from then on one each `interval`.
  void set_interval(std::chrono::seconds interval);

  /// Whether it is being destroyed: what fails then was cancelled.
  bool stopping() const;

 private:
  void run();

  const std::function<RoundEnd()> round_;
  const std::function<void()> cancel_;
  Backoff backoff_;  // of the thread alone

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::chrono::seconds interval_;
  bool stopping_ = false;
  std::uint64_t rounds_wanted_ = 0;  // flush asks for one more than have ended
  std::uint64_t rounds_ended_ = 0;
  bool in_round_ = false;
  bool done_ = false;  // the last round did all

  std::thread thread_;
};

}  // namespace activitytrack
