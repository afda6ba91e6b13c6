#pragma once

#include "core/worker.hpp"

#include <activitytrack/core/result.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace activitytrack::server {

constexpr std::size_t min_password_bytes = 10, max_password_bytes = 1024;

/// What a new password must be: so many bytes of UTF-8 without control characters.
Result<void> check_password(std::string_view password);

/// Argon2id, with its parameters in the text: 64 MiB and about 0.1 s. Not for the network's threads; see PasswordQueue.
Result<std::string> hash_password(const std::string& password);

/// Takes as long as hash_password(), also with "" for `hash` (of a user that does not exist), which is always false.
bool is_password(const std::string& password, const std::string& hash);

/// The one thread that hashes passwords: one at a time, so that sign-ins, wanted or not, cannot take the memory and the
/// processor from the rest. A second one finds out who comes first.
class PasswordQueue {
 public:
  struct Job {
    std::string client;  ///< who asks; few jobs of one client may wait
    /// Whether it comes first; may wait for the store, and does not throw. Not set: it does not.
    std::function<bool()> is_known;
    std::function<void()> run;
    std::function<void()> refuse;  ///< instead of run: too many wait, or it was stopped
  };

  /// Of each urgency, at most `capacity` wait, and of each client in all at most `client_capacity`. The log is
  /// borrowed.
  explicit PasswordQueue(Log& log, std::size_t capacity = 32, std::size_t client_capacity = 4);

  /// Takes a job from any thread, without waiting, and runs or refuses it, perhaps before this returns. Those that are
  /// known come first, so that a flood from others does not keep their people out.
  void submit(Job job);

  /// Runs what waits, then ends the threads; so does the destructor.
  void stop();

 private:
  bool admit(const std::string& client);
  bool add(std::deque<Job>& queue, Job& job);
  void let_go(const std::string& client);
  bool check_next(Worker::Lock& lock);
  bool run_next(Worker::Lock& lock);

  const std::size_t capacity_, client_capacity_;
  std::deque<Job> known_, unknown_, unchecked_;
  std::map<std::string, std::size_t> waiting_;  ///< jobs by client
  Worker hasher_;                               ///< its mutex guards all but unchecked_
  Worker checker_;                              ///< its mutex guards unchecked_
};

}  // namespace activitytrack::server
