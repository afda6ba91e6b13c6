#pragma once

#include "core/event_fields.hpp"

#include <string>

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace activitytrack::server {

/// Binds a field of `event` to the parameter `index`. The event must outlive the statement's execution.
void bind_field(SQLite::Statement& statement, int index, const Event& event, const EventField& field);

/// Makes the tables of events_schema:
///
///     machines(id = machine_key, machine_id, first_seen, last_seen, user_label, timezone, timezone_at,
///              and what the agent last said of itself)
///     events(id, machine, a column for each of stored_fields()), unique (machine, timestamp)
///     hours(machine, start, offset_min, totals = pack_hour()), in order of that key
///
/// Rows of events lie in order of arrival, which keeps inserts cheap; the index gives each machine's order of time, and
/// makes an event that comes twice be stored once. A database of version 1 (machines numbered, no hours) is brought to
/// this one; server_state then has 'hours_to_rebuild'. Throws SQLite::Exception.
void prepare_sqlite_events(SQLite::Database& database, int found);

/// Makes the SQL function merge_hours(a, b) of this connection: two results of pack_hour() as one.
void add_hour_functions(SQLite::Database& database);

}  // namespace activitytrack::server
