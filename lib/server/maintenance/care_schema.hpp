#pragma once

#include <string_view>

namespace activitytrack::server {

/// Machines that are being erased (care/erasure.hpp). The care of data also keeps rows of server_state:
/// `events_kept_from`, up to which time events have been removed for their age, and `retention_at`, when a
/// server last looked for such.
inline constexpr std::string_view care_schema[] = {
    "CREATE TABLE IF NOT EXISTS erasures("
    " machine_id TEXT PRIMARY KEY,"
    " asked_at BIGINT NOT NULL"
    ")",
};

}  // namespace activitytrack::server
