#pragma once

#include "server/accounts/secret_token.hpp"
#include "server/accounts/users.hpp"

#include <activitytrack/core/clock.hpp>

#include <chrono>

// The link by which the first user of a server is made.

namespace activitytrack::server {

constexpr std::chrono::hours setup_link_length{24};

/// The link's secret; nullopt if there is a user already.
Result<std::optional<NewSecret>> create_setup_link(Database& database, Time now);

/// Whether it may be used now.
Result<bool> is_setup_link(Database& database, std::string_view text, Time now);

/// Makes the first user, an admin, and ends all links. `not_found` if the link is not good (any more). Within
/// a transaction.
Result<User> use_setup_link(Database& database, std::string_view text, const User& wanted,
                            const std::string& password_hash, Time now);

}  // namespace activitytrack::server
