#pragma once

#include "server/database/postgres_values.hpp"

#include "core/event_fields.hpp"

#include <span>
#include <string>

namespace activitytrack::server {

/// A column's type: as narrow as the field's range, "INTEGER", "SMALLINT".
std::string_view postgres_column_type(const EventField& field);

/// The columns of events in the order in which a row takes the least room: wide numbers first, texts last.
std::string postgres_event_columns();

/// One field of many events as an array. A value that Event has by default is NULL, which takes no room in a
/// row.
void add_field_array(std::span<const Event* const> events, const EventField& field, PostgresParameters& into);

}  // namespace activitytrack::server
