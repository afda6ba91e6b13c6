#pragma once

#include "server/database/database.hpp"

#include <string>
#include <string_view>
#include <vector>

// What a demo made, and not people or agents: so that it is shown as that, and can be taken away.

namespace activitytrack::server {

/// By `kind`: a machine's id, a group's name, the number of a person's account.
inline constexpr std::string_view made_up_schema =
    "CREATE TABLE IF NOT EXISTS made_up(kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY(kind, name))";

inline Result<void> mark_made_up(Database& database, std::string_view kind, std::string_view name) {
  return database.execute("INSERT INTO made_up(kind, name) VALUES($1, $2) ON CONFLICT(kind, name) DO NOTHING",
                          {kind, name});
}

inline Result<void> unmark_made_up(Database& database, std::string_view kind, std::string_view name) {
  return database.execute("DELETE FROM made_up WHERE kind = $1 AND name = $2", {kind, name});
}

/// The names of a kind, in order.
inline Result<std::vector<std::string>> all_made_up(Database& database, std::string_view kind) {
  return select_texts(database, "SELECT name FROM made_up WHERE kind = $1 ORDER BY name", {kind});
}

}  // namespace activitytrack::server
