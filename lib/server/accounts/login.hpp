#pragma once

#include "server/accounts/audit.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/accounts/users.hpp"

#include <chrono>

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

}  // namespace activitytrack::server
