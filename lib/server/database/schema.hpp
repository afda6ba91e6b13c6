#pragma once

#include <activitytrack/core/result.hpp>

#include <span>
#include <string_view>
#include <vector>

namespace SQLite {
class Database;
}

namespace activitytrack::server {

class PostgresConnection;

/// The version of all rooms' tables together, which each database stores: raised when a room changes its tables.
constexpr int schema_version = 4;

/// The tables of one room. What opens a database names all rooms' (serve/storage.hpp).
struct RoomSchema {
  /// Make the tables that both databases make with the same words, in order; each does nothing if what it makes is
  /// there.
  std::span<const std::string_view> statements{};

  // Make and migrate the tables that differ, after all statements and in their transaction. `found` is the version of
  // the database, 0 for a new one.
  void (*prepare_sqlite)(SQLite::Database&, int found) = nullptr;  ///< throws SQLite::Exception
  Result<void> (*prepare_postgres)(PostgresConnection&, int found) = nullptr;
};
using Schema = std::span<const RoomSchema>;

/// The statements of all rooms, and before them that of `server_state`: a number by its name, for what a room has to
/// remember.
std::vector<std::string_view> shared_statements(Schema schema);

/// Brings a database to this schema in one transaction. Throws SQLite::Exception, and std::runtime_error for the
/// database of a newer program.
void prepare_sqlite_schema(SQLite::Database& database, Schema schema);

/// The same; only one server at a time is in that transaction (an advisory lock). Refuses the database of a newer
/// program, and PostgreSQL before 12.
Result<void> prepare_postgres_schema(PostgresConnection& connection, Schema schema);

}  // namespace activitytrack::server
