#pragma once

#include <activitytrack/core/error.hpp>

#include <SQLiteCpp/SQLiteCpp.h>

namespace activitytrack::server {

/// PRAGMA user_version of the tables that this program makes.
inline constexpr int schema_version = 1;

/// Makes what is missing, in one transaction:
///
///     machines(id, machine_id unique, first_seen, last_seen, user_label, timezone, timezone_at)
///     events(id, machine -> machines.id, a column for each of stored_fields()), unique (machine, timestamp)
///
/// Rows of events lie in order of arrival, which keeps inserts cheap; the index gives each machine's order of
/// time, and makes an event that comes twice be stored once. Throws SQLite::Exception, and
/// std::runtime_error for a newer schema.
void prepare_schema(SQLite::Database& database);

/// What SQLite reports, as an Error: a full disk is no_space, what passes by itself unavailable.
Error store_error(const SQLite::Exception& exception);

}  // namespace activitytrack::server
