#pragma once

#include "core/event_fields.hpp"
#include "server/database/postgres_connection.hpp"
#include "server/database/postgres_values.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <map>
#include <set>
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
///                                                         (PostgresPartitions), and events_other
///     hours(machine, start, offset_min, totals)           PRIMARY KEY(machine, start, offset_min)
///
/// Each of the three can be distributed by the machine's key: no key lacks it, and nothing refers to another table.
/// Machines and hours are updated in place, often: their pages are kept a third empty for it, and no column that
/// changes is in an index.
Result<void> prepare_postgres_events(PostgresConnection& connection, int found);

/// The months of `events`. One that lies near the server's clock (from five years before it to one ahead) is made when
/// the first event of it comes; the events of all others are in `events_other`, and move over when their month is made.
/// Reads find both. Making one waits at most two seconds for readers in its way; if it cannot be made, its events go to
/// events_other, and it is tried again a minute later.
class PostgresPartitions {
 public:
  /// To be called before the transaction that stores events of `months`. An error is the connection's: nothing else
  /// keeps a group from being stored.
  Result<void> prepare(PostgresConnection& connection, const std::set<std::chrono::year_month>& months, Time now);

 private:
  std::set<std::chrono::year_month> present_;
  std::map<std::chrono::year_month, Time> failed_;
};

std::chrono::year_month month_of(Time time);

/// Drops the months of `events` that ended at `before` or earlier, each in a transaction. Waits at most two seconds for
/// the table's users; events of such a month that come later go to events_other.
Result<void> drop_months_before(const std::string& url, Time before);

}  // namespace activitytrack::server
