#pragma once

#include "server/accounts/audit.hpp"
#include "server/accounts/second_factor.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/accounts/sessions.hpp"
#include "server/accounts/users.hpp"

#include <activitytrack/core/result.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Signing in by name and password. Tries are counted: accounts/login_tries.hpp.

namespace activitytrack::server {

constexpr std::chrono::days device_known{180};

struct LoginTry {
  std::string user;
  std::string password;
  std::string client;         ///< address
  std::string device_cookie;  ///< "" without one
  SessionPlace place{};
  std::string code{};  ///< of the second factor, or one to recover; "" without one
  SecondFactorRule rule = SecondFactorRule::none;
};

struct LoginOutcome {
  enum class Status {
    signed_in,
    wrong,
    too_often,
    needs_code,       ///< the password is right, and a code is needed too
    needs_enrolment,  ///< the password is right, and the person must have a second factor first
    wrong_code,
  } status = Status::wrong;
  NewSecret session{};
  std::optional<NewSecret> device{};  ///< for a browser that was not known
  User user{};
  std::vector<std::string> recovery_codes{};  ///< where the code put a second factor into force
};

/// Takes the time of one password, whether the user exists or not; for PasswordQueue. `entry` is written to the audit
/// log with the user's name if they get in.
Result<LoginOutcome> log_in(Database& database, const LoginTry& attempt, AuditEntry entry, Time now);

/// Makes a second factor for who knows the password, and tries as log_in() does; in force once log_in() is given a code
/// of it. `status` is signed_in if it was made. `conflict` if they have one. For PasswordQueue.
struct EnrolmentOutcome {
  LoginOutcome::Status status = LoginOutcome::Status::wrong;
  NewSecondFactor factor{};
};
Result<EnrolmentOutcome> enrol_by_password(Database& database, const LoginTry& attempt, AuditEntry entry, Time now);

/// Whether the password is this user's: for who is signed in and changes it. Such guesses count as tries to sign in do;
/// nullopt if it was one too many. For PasswordQueue too.
Result<std::optional<bool>> check_current_password(Database& database, std::int64_t user, const std::string& password,
                                                   Time now);

/// Whether the request's cookie is that of a browser in which somebody signed in before: for the order of
/// PasswordQueue.
Result<bool> is_known_device(Database& database, const Request& request, Time now);

constexpr std::size_t min_password_bytes = 10, max_password_bytes = 1024;

/// What a new password must be: so many bytes of UTF-8 without control characters.
Result<void> check_password(std::string_view password);

/// Argon2id, with its parameters in the text: 64 MiB and about 0.1 s. Not for the network's threads; see PasswordQueue.
Result<std::string> hash_password(const std::string& password);

/// Takes as long as hash_password(), also with "" for `hash` (of a user that does not exist), which is always false.
bool is_password(const std::string& password, const std::string& hash);

}  // namespace activitytrack::server
