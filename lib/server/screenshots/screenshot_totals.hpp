#pragma once

#include "server/database/database.hpp"

namespace activitytrack::server {

// What all screenshots of a machine (its machine_key()) take, as kept along with their rows: to add them up takes
// longer than an announcement may.

Result<std::int64_t> screenshot_total(Database& database, std::int64_t machine);

/// In the transaction that adds or removes the row. Of a machine that has nothing left, nothing is kept.
Result<void> add_to_screenshot_total(Database& database, std::int64_t machine, std::int64_t bytes);

}  // namespace activitytrack::server
