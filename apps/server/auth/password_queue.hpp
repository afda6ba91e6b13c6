#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace activitytrack::server {

/// The one thread that hashes passwords: one at a time, so that sign-ins, wanted or not, cannot take the
/// memory and the processor from the rest.
class PasswordQueue {
 public:
  using Job = std::function<void()>;

  /// Of each urgency, at most `capacity` wait.
  explicit PasswordQueue(std::size_t capacity = 32);
  ~PasswordQueue();  ///< stop()
  PasswordQueue(const PasswordQueue&) = delete;

  /// Takes a job from any thread. False, and it is never run, if too many wait or after stop(). Those from
  /// browsers that are known come first, so that a flood from others does not keep their people out.
  bool submit(Job job, bool is_known);

  /// Runs what waits, then ends the thread.
  void stop();

 private:
  void run();

  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Job> known_, unknown_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace activitytrack::server
