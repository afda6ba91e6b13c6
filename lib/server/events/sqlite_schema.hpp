#pragma once

#include "server/events/event_row.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

namespace SQLite {
class Statement;
}

namespace activitytrack::server {

/// A column's definition: "key_count INTEGER".
std::string column_definition(const EventField& field);

/// Binds a field of `event` to the parameter `index`. The event must outlive the statement's execution.
void bind_field(SQLite::Statement& statement, int index, const Event& event, const EventField& field);

}  // namespace activitytrack::server

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

namespace activitytrack::server {

/// Version 1 numbered its machines and kept no hours. In the transaction that makes the tables of version 2: first the
/// old table of machines is renamed; when the new ones are there, what it held is taken over under new keys.
/// server_state then has 'hours_to_rebuild'.
void set_machines_of_version_1_aside(SQLite::Database& database);
void take_machines_of_version_1(SQLite::Database& database);

}  // namespace activitytrack::server
