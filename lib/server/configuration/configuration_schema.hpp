#pragma once

#include "server/database/database.hpp"

#include <string_view>

namespace activitytrack::server {

/// The tables of agents' configuration, for SQLite and PostgreSQL alike. Versions are only ever added. A row of
/// `configuration_changes` is what a version made of a scope (Scope::text(), Layer::text(); NULL: removed). The row
/// `configuration_version` of server_state is the latest version, so that asking for news costs one look-up.
/// `configuration_machines` is what agents said of it.
inline constexpr std::string_view configuration_schema[] = {
    "CREATE TABLE IF NOT EXISTS configuration_versions("
    " version BIGINT PRIMARY KEY,"
    " at BIGINT NOT NULL,"
    " made_by TEXT NOT NULL,"
    " note TEXT NOT NULL,"
    " rolled_back_to BIGINT"
    ")",
    "CREATE TABLE IF NOT EXISTS configuration_changes("
    " version BIGINT NOT NULL,"
    " scope TEXT NOT NULL,"
    " content TEXT,"
    " PRIMARY KEY(version, scope)"
    ")",
    "CREATE INDEX IF NOT EXISTS configuration_changes_by_scope ON configuration_changes(scope, version)",
    "CREATE TABLE IF NOT EXISTS configuration_machines("
    " machine_id TEXT PRIMARY KEY,"
    " asked_at BIGINT NOT NULL,"
    " applied_version BIGINT NOT NULL,"
    " may_loosen BIGINT NOT NULL,"
    " own_bounds TEXT NOT NULL,"
    " state TEXT NOT NULL,"
    " error_version BIGINT NOT NULL,"
    " error_key TEXT NOT NULL,"
    " error_reason TEXT NOT NULL,"
    " change_number BIGINT NOT NULL DEFAULT 0"
    ")",
};

/// By which what a machine's agent said is ordered.
inline constexpr AddedColumn configuration_added_columns[] = {
    {"configuration_machines", "change_number", "BIGINT NOT NULL DEFAULT 0"},
};

}  // namespace activitytrack::server
