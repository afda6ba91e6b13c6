#pragma once

#include "core/worker.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace activitytrack::server {

/// A password, or what else takes its time, that waits to be hashed.
struct PasswordJob {
  std::string client;  ///< who asks: clients take turns
  /// Whether it comes first; may wait for the store, and does not throw. Not set: it does not.
  std::function<bool()> is_known;
  std::function<void()> run;
  std::function<void()> refuse;  ///< instead of run: too many wait, or it was stopped
};

/// Jobs in the order in which they are served: each client's in their order, and one of each client in turn. So a
/// flood from one client delays each other one by a single job.
class FairJobs {
 public:
  /// Takes the job if fewer than `room` wait, or if its client has fewer than another, whose last one then goes.
  /// Returns the job that has no room: that one, or `job` itself.
  std::optional<PasswordJob> push(PasswordJob job, std::size_t room);

  /// The next; there must be one.
  PasswordJob pop();

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

 private:
  void add(PasswordJob job);

  std::map<std::string, std::deque<PasswordJob>> by_client_;
  std::deque<std::string> turns_;  ///< clients that have jobs, the next to be served first
  std::size_t size_ = 0;
};

/// The threads that hash passwords: few, so that sign-ins, wanted or not, cannot take the memory from the rest, and
/// they give way to other threads. Another one finds out who comes first.
class PasswordQueue {
 public:
  struct Options {
    std::size_t threads = 0;                    ///< 0: by this machine's processors and memory
    std::chrono::milliseconds longest{15'000};  ///< to wait, of each urgency: as many are taken as are served in that
    std::chrono::milliseconds each{100};        ///< what a job takes, until some have run
  };

  /// The log is borrowed.
  explicit PasswordQueue(Log& log) : PasswordQueue(log, Options()) {}
  PasswordQueue(Log& log, const Options& options);

  /// Takes a job from any thread, without waiting, and runs or refuses it, perhaps before this returns. Those that are
  /// known come first, so that a flood from others does not keep their people out.
  void submit(PasswordJob job);

  /// Runs what waits, then ends the threads; so does the destructor.
  void stop();

 private:
  std::size_t room() const;
  void put(FairJobs& jobs, PasswordJob job);
  bool check_next(Worker::Lock& lock);
  bool run_next(Worker::Lock& lock);

  const Options options_;
  std::chrono::duration<double> each_;  ///< what a job takes, of those that ran lately
  FairJobs known_, unknown_, unchecked_;
  Worker hashers_;  ///< its mutex guards all but unchecked_
  Worker checker_;  ///< its mutex guards unchecked_
};

}  // namespace activitytrack::server
