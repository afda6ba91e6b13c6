#pragma once

#include "server/database/database.hpp"

namespace activitytrack::server {

/// Machines that are being erased (maintenance/erasure.hpp), which enrolment and screenshots have to know of, too.
inline constexpr std::string_view erasures_schema[] = {
    "CREATE TABLE IF NOT EXISTS erasures("
    " machine_id TEXT PRIMARY KEY,"
    " asked_at BIGINT NOT NULL"
    ")",
};

/// Whether the erasure of a machine has begun and not ended.
inline Result<bool> is_being_erased(Database& database, const std::string& machine_id) {
  return database.finds("SELECT 1 FROM erasures WHERE machine_id = $1", {machine_id});
}

}  // namespace activitytrack::server
