#include "server/database/sqlite_connection.hpp"

#include <sqlite3.h>

#include <chrono>
#include <thread>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;

/// SQLite's own waits grow to 100 ms, and the writer of Ingest, when it is busy, leaves but moments between its
/// transactions: one that looks seldom would never find one.
int wait_for_turn(void*, int tries) {
  constexpr auto pause = 500us;
  if (tries >= 10s / pause) return 0;
  std::this_thread::sleep_for(pause);
  return 1;
}

}  // namespace

SQLite::Database open_for_writing(const std::string& path, const std::string& vfs) {
  SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 0, vfs);
  sqlite3_busy_handler(database.getHandle(), wait_for_turn, nullptr);
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  // Copying the log is the server's writer's business (SqliteCheckpointer), but for commands that write much.
  database.exec("PRAGMA wal_autocheckpoint = 16384");
  return database;
}

SQLite::Database open_for_reading(const std::string& path) {
  SQLite::Database database(path, SQLite::OPEN_READONLY);
  sqlite3_busy_handler(database.getHandle(), wait_for_turn, nullptr);
  return database;
}

Error store_error(const SQLite::Exception& exception) {
  const std::string message = std::string("database: ") + exception.what();
  switch (exception.getErrorCode() & 0xff) {
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
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
      return {ErrorCode::invalid_input, message};
    default:
      return {ErrorCode::io, message};
  }
}

}  // namespace activitytrack::server
