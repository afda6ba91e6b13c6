#pragma once

#include <activitytrack/core/event_fields.hpp>

#include <string>
#include <vector>

namespace SQLite {
class Database;
class Statement;
class Exception;
}  // namespace SQLite

namespace activitytrack::server {

/// The fields of Event that are columns of their own: all but machine_id, which is kept as the machine's
/// number. `timestamp` is the first.
const std::vector<const EventField*>& stored_fields();

/// "timestamp, key_count, ..." in the order of stored_fields().
std::string stored_column_list();

/// A column's definition: "key_count INTEGER".
std::string column_definition(const EventField& field);

/// Binds a field of `event` to the parameter `index`. The event must outlive the statement's execution.
void bind_field(SQLite::Statement& statement, int index, const Event& event, const EventField& field);

/// Reads column `index` into the event; NULL leaves the field's default (a column newer than the row).
void read_field(SQLite::Statement& statement, int index, Event& event, const EventField& field);

/// Times are stored as microseconds since 1970.
std::int64_t to_micros(Time time) noexcept;
Time from_micros(std::int64_t micros) noexcept;

}  // namespace activitytrack::server
