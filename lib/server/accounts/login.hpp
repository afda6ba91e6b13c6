#pragma once

#include "core/worker.hpp"
#include "server/accounts/audit.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/accounts/users.hpp"

#include <activitytrack/core/result.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

// Signing in by name and password, and how it is kept from being guessed.
//
// Tries are counted by name and client together, in the database, so for all servers: five, then one a minute, until an
// hour has passed without. So a stranger who guesses at a name from elsewhere does not keep its owner out; a browser
// that signed in as that person before is counted separately, so that nobody else can use up its tries.

namespace activitytrack::server {

constexpr std::chrono::days device_known{180};
constexpr std::chrono::seconds wait_between_tries{60};

struct LoginTry {
  std::string user;
  std::string password;
  std::string client;         ///< address
  std::string device_cookie;  ///< "" without one
};

struct LoginOutcome {
  enum class Status { signed_in, wrong, too_often } status = Status::wrong;
  NewSecret session{};
  std::optional<NewSecret> device{};  ///< for a browser that was not known
  User user{};
};

/// Takes the time of one password, whether the user exists or not; for PasswordQueue. `entry` is written to the audit
/// log with the user's name if they get in.
Result<LoginOutcome> log_in(Database& database, const LoginTry& attempt, AuditEntry entry, Time now);

/// Whether the password is this user's: for who is signed in and changes it. Such guesses count as tries to sign in do;
/// nullopt if it was one too many. For PasswordQueue too.
Result<std::optional<bool>> check_current_password(Database& database, std::int64_t user, const std::string& password,
                                                   Time now);

/// Whether the request's cookie is that of a browser in which somebody signed in before: for the order of
/// PasswordQueue.
Result<bool> is_known_device(Database& database, const Request& request, Time now);

/// The address, or of IPv6 the /64 that it is in: one customer of a provider has that many.
std::string network_of(std::string_view client);

/// Who tries to sign in, as tries are counted: a hash, so that the table holds no names and addresses.
Bytes tries_of_client(std::string_view user, std::string_view client);

/// Counts a try before it is made. False if it is one too many.
Result<bool> count_try(Database& database, const Bytes& who, Time now);

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
