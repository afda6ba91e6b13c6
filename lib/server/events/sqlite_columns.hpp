#pragma once

#include "server/events/event_row.hpp"

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
