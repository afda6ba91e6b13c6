#pragma once

#include "server/database/postgres_connection.hpp"

namespace activitytrack::server {

/// Makes and migrates the tables of a database, in one transaction that only one server at a time is in (an
/// advisory lock): those of shared_schema(), and
///
///     machines(id = machine_key(), machine_id, ...)       read in order of machine_id
///     events(machine, timestamp, ...)                     PRIMARY KEY(machine, timestamp); a partition for
///     each month
///                                                         (store/postgres_partitions.hpp), and events_other
///     hours(machine, start, offset_min, totals)           PRIMARY KEY(machine, start, offset_min)
///
/// Each of the three can be distributed by the machine's key: no key lacks it, and nothing refers to another
/// table. Machines and hours are updated in place, often: their pages are kept a third empty for it, and no
/// column that changes is in an index. A field of Event that an older database lacks becomes a column.
/// Refuses a database of a newer program, and PostgreSQL before 12.
Result<void> prepare_postgres_schema(PostgresConnection& connection);

}  // namespace activitytrack::server
