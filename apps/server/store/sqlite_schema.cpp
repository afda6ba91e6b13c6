#include "store/sqlite_schema.hpp"

#include "store/sqlite_columns.hpp"

#include <sqlite3.h>

#include <set>
#include <stdexcept>

namespace activitytrack::server {
namespace {

constexpr const char* create_machines =
    "CREATE TABLE IF NOT EXISTS machines("
    " id INTEGER PRIMARY KEY,"
    " machine_id TEXT NOT NULL UNIQUE,"
    " first_seen INTEGER NOT NULL,"
    " last_seen INTEGER NOT NULL,"
    " user_label TEXT,"
    " timezone TEXT NOT NULL DEFAULT '',"
    " timezone_at INTEGER NOT NULL DEFAULT 0)";  // timestamp of the event that timezone is from

void create_events(SQLite::Database& database) {
  std::string sql =
      "CREATE TABLE IF NOT EXISTS events("
      "id INTEGER PRIMARY KEY, machine INTEGER NOT NULL REFERENCES machines(id)";
  for (const EventField* field : stored_fields()) {
    sql += ", " + column_definition(*field);
    if (field->required) sql += " NOT NULL";
  }
  database.exec(sql + ")");
  database.exec("CREATE UNIQUE INDEX IF NOT EXISTS events_by_time ON events(machine, timestamp)");
}

void add_missing_columns(SQLite::Database& database) {
  std::set<std::string, std::less<>> present;
  SQLite::Statement columns(database, "SELECT name FROM pragma_table_info('events')");
  while (columns.executeStep()) present.insert(columns.getColumn(0).getString());
  for (const EventField* field : stored_fields()) {
    if (!present.contains(field->name)) {
      database.exec("ALTER TABLE events ADD COLUMN " + column_definition(*field));
    }
  }
}

}  // namespace

void prepare_schema(SQLite::Database& database) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  const int found = database.execAndGet("PRAGMA user_version").getInt();
  if (found > schema_version) {
    throw std::runtime_error("its schema has version " + std::to_string(found) +
                             ", and this program knows up to " + std::to_string(schema_version) +
                             ": run a newer activitytrack-server");
  }
  database.exec(create_machines);
  create_events(database);
  add_missing_columns(database);
  database.exec("PRAGMA user_version = " + std::to_string(schema_version));
  transaction.commit();
}

Error store_error(const SQLite::Exception& exception) {
  const std::string message = std::string("database: ") + exception.what();
  switch (exception.getErrorCode()) {
    case SQLITE_FULL:
      return {ErrorCode::no_space, message};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_IOERR:
      return {ErrorCode::unavailable, message};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorCode::corrupt, message};
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return {ErrorCode::permission, message};
    default:
      return {ErrorCode::io, message};
  }
}

}  // namespace activitytrack::server
