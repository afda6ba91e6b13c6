#pragma once

#include "core/event_fields.hpp"
#include "server/database/postgres_connection.hpp"
#include "server/database/postgres_values.hpp"

#include <span>
#include <string>

namespace activitytrack::server {

/// A column's type: as narrow as the field's range, "INTEGER", "SMALLINT".
std::string_view postgres_column_type(const EventField& field);

/// One field of many events as an array. A value that Event has by default is NULL, which takes no room in a
/// row.
void add_field_array(std::span<const Event* const> events, const EventField& field, PostgresParameters& into);

/// Makes the tables of events_schema, and the columns that an older database lacks:
///
///     machines(id = machine_key(), machine_id, ...)       read in order of machine_id
///     events(machine, timestamp, ...)                     PRIMARY KEY(machine, timestamp); a partition for each month
///                                                         (events/postgres_partitions.hpp), and events_other
///     hours(machine, start, offset_min, totals)           PRIMARY KEY(machine, start, offset_min)
///
/// Each of the three can be distributed by the machine's key: no key lacks it, and nothing refers to another table.
/// Machines and hours are updated in place, often: their pages are kept a third empty for it, and no column that
/// changes is in an index.
Result<void> prepare_postgres_events(PostgresConnection& connection, int found);

}  // namespace activitytrack::server
