#pragma once

#include "server/accounts/secret_token.hpp"
#include "server/accounts/users.hpp"

#include <chrono>

// Who is signed in.

namespace activitytrack::server {

constexpr std::chrono::hours session_idle{8};
constexpr std::chrono::hours session_length{7 * 24};

/// Within a transaction.
Result<NewSecret> begin_session(Database& database, std::int64_t user, Time now);

/// Whose it is, if it has not ended. Notes the use, to some minutes.
Result<std::optional<User>> find_session(Database& database, const SecretToken& token, Time now);

/// Ends the session that this is the secret of, if it is one's.
Result<void> end_session(Database& database, const SecretToken& token);

/// Removes those that have ended by themselves.
Result<void> drop_ended_sessions(Database& database, Time now);

}  // namespace activitytrack::server
