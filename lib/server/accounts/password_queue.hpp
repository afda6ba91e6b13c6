#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace activitytrack::server {

/// The one thread that hashes passwords: one at a time, so that sign-ins, wanted or not, cannot take the
/// memory and the processor from the rest. A second one finds out who comes first.
class PasswordQueue {
 public:
  struct Job {
    std::string client;  ///< who asks, of whom few may wait
    std::function<bool()>
        is_known;  ///< whether it comes first; may wait for the store, and does not throw. Not set: it does not
    std::function<void()> run;
    std::function<void()> refuse;  ///< instead of run: too many wait, or it was stopped
  };

  /// Of each urgency, at most `capacity` wait, and of each client in all at most `client_capacity`.
  explicit PasswordQueue(std::size_t capacity = 32, std::size_t client_capacity = 4);
  ~PasswordQueue();  ///< stop()
  PasswordQueue(const PasswordQueue&) = delete;

  /// Takes a job from any thread, without waiting, and runs or refuses it, perhaps before this returns. Those that are
  /// known come first, so that a flood from others does not keep their people out.
  void submit(Job job);

  /// Runs what waits, then ends the threads.
  void stop();

 private:
  bool admit(Job& job);
  void let_go(const std::string& client);
  void check();
  void run();

  const std::size_t capacity_, client_capacity_;
  std::mutex mutex_;
  std::condition_variable unchecked_work_, work_;
  std::deque<Job> unchecked_, known_, unknown_;
  std::map<std::string, std::size_t> waiting_;  ///< jobs by client
  bool stopping_ = false;
  bool all_checked_ = false;  ///< after a stop
  std::thread checker_, thread_;
};

}  // namespace activitytrack::server
