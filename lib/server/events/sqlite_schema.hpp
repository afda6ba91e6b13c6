#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

namespace activitytrack::server {

/// Makes what is missing, in one transaction: shared_schema() and
///
///     machines(id = machine_key, machine_id, first_seen, last_seen, user_label, timezone, timezone_at,
///              and what the agent last said of itself)
///     events(id, machine, a column for each of stored_fields()), unique (machine, timestamp)
///     hours(machine, start, offset_min, totals = pack_hour()), in order of that key
///
/// Rows of events lie in order of arrival, which keeps inserts cheap; the index gives each machine's order of
/// time, and makes an event that comes twice be stored once. Brings version 1 (machines numbered, no hours) to this
/// one. Throws SQLite::Exception, and std::runtime_error for a newer schema.
void prepare_schema(SQLite::Database& database);

/// Makes the SQL function merge_hours(a, b) of this connection: two results of pack_hour() as one.
void add_hour_functions(SQLite::Database& database);

}  // namespace activitytrack::server
