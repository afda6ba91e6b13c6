#pragma once

#include "server/database/database.hpp"

namespace activitytrack::server {

/// Counts the changes of who may do what. Whoever decides by what they read of the accounts earlier asks whether the
/// version is still the same.
Result<std::int64_t> read_accounts_version(Database& database);

/// To be called in the transaction of every such change.
Result<void> count_accounts_change(Database& database);

inline constexpr std::string_view select_accounts_version =
    "SELECT value FROM server_state WHERE name = 'accounts_version'";

}  // namespace activitytrack::server
