#pragma once

#include "server/database/database.hpp"

#include <string_view>

namespace activitytrack::server {

/// The tables of agents' configuration, for SQLite and PostgreSQL alike. Versions are only ever added. A row of
/// `configuration_changes` is what a version made of a scope (Scope::text(), Layer::text(); NULL: removed). The row
/// `configuration_version` of server_state is the latest version, so that asking for news costs one look-up.
/// `configuration_machines` is what agents said of it. `configuration_rollout` of server_state counts the changes of
/// rollouts, for the same look-up.
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
    // Versions that go out in waves, or did (Rollout); only one at a time is running or held. The last wave's place is
    // everyone's. `without` has numbers with spaces between.
    "CREATE TABLE IF NOT EXISTS configuration_rollouts("
    " version BIGINT PRIMARY KEY,"
    " state TEXT NOT NULL,"
    " wave BIGINT NOT NULL,"
    " wave_sec BIGINT NOT NULL,"
    " started_at BIGINT NOT NULL,"
    " wave_began_at BIGINT NOT NULL,"
    " tolerated_until BIGINT NOT NULL,"
    " reason TEXT NOT NULL,"
    " first_place BIGINT NOT NULL,"
    " second_place BIGINT NOT NULL,"
    " without TEXT NOT NULL,"
    " ended_waves TEXT NOT NULL,"
    " ended_failures TEXT NOT NULL"
    ")",
};

/// By which what a machine's agent said is ordered; when an error was first heard of; which rollout the machine was
/// told of, and when.
inline constexpr AddedColumn configuration_added_columns[] = {
    {"configuration_machines", "change_number", "BIGINT NOT NULL DEFAULT 0"},
    {"configuration_machines", "error_at", "BIGINT NOT NULL DEFAULT 0"},
    {"configuration_machines", "told_version", "BIGINT NOT NULL DEFAULT 0"},
    {"configuration_machines", "told_at", "BIGINT NOT NULL DEFAULT 0"},
};

}  // namespace activitytrack::server
