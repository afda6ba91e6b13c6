#pragma once

#include "server/configuration/rollout.hpp"
#include "server/database/database.hpp"

#include <optional>
#include <string>
#include <vector>

// The rows of rollouts.

namespace activitytrack::server {

/// The latest one, if there ever was any.
Result<std::optional<Rollout>> latest_rollout(Database& database);

/// Those that matter to what machines are sent: all that are not done, and of the others those with versions in
/// Rollout::without.
Result<std::vector<Rollout>> read_rollouts(Database& database);

/// Writes a rollout, anew or over what it was. Every server sees that at its next look, as it would a version. Within a
/// transaction.
Result<void> write_rollout(Database& database, const Rollout& rollout);

/// The one that is running or held.
Result<std::optional<Rollout>> rollout_under_way(Database& database);

/// The scopes that its version changed.
Result<std::vector<std::string>> scopes_of(Database& database, std::int64_t version);

}  // namespace activitytrack::server
