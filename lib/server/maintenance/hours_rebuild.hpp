#pragma once

#include "server/database/database.hpp"

#include <activitytrack/core/clock.hpp>

#include <optional>
#include <string>
#include <vector>

namespace activitytrack::server {

/// Adds a machine's hours up anew from its events, in one transaction; servers may go on. Hours whose events were
/// removed for their age (maintenance/retention.hpp), or those that begin before `from`, stay as they are.
Result<void> rebuild_hours(Database& database, std::string_view machine_id, std::optional<Time> from = std::nullopt);

/// What compare_hours() found.
struct HoursCheck {
  std::int64_t hours = 0;      ///< kept
  std::int64_t different = 0;  ///< from what the events add up to, missing, or too many
};

/// Compares a machine's hours with its events, but for those of events that were removed for their age.
Result<HoursCheck> compare_hours(Database& database, std::string_view machine_id);

/// Does so for every machine, if the migration of an older database left that to do: comes after opening a store.
Result<void> rebuild_hours_if_asked(Database& database);

/// Calls `each` with the id of every machine, in order; stops at an error.
Result<void> each_machine(Database& database, const std::function<Result<void>(const std::string& id)>& each);

}  // namespace activitytrack::server
