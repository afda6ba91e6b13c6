#include "buffer/buffer_database.hpp"

#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <cerrno>
#include <string>

namespace activitytrack {
namespace {

namespace fs = std::filesystem;

constexpr int application_id = 0x41547266;  // "ATrf" in the file's header, for file(1) and for us
constexpr int schema_version = 1;
constexpr int busy_timeout_ms = 2000;

// Timestamps are microseconds since 1970. `aside` holds what the server refused for good.
constexpr const char* schema = R"sql(
  CREATE TABLE pending(
    id INTEGER PRIMARY KEY AUTOINCREMENT, machine_id TEXT NOT NULL, timestamp INTEGER NOT NULL,
    event TEXT NOT NULL, UNIQUE(timestamp, machine_id));
  CREATE TABLE aside(
    id INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, event TEXT NOT NULL, reason TEXT NOT NULL);
  CREATE INDEX aside_timestamp ON aside(timestamp);
  CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
)sql";

// Durable at each commit, and small: the agent's whole memory is counted in a few MB. temp_store keeps
// events out of /tmp.
constexpr const char* pragmas = R"sql(
  PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
  PRAGMA cache_size=-256; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;
  PRAGMA wal_autocheckpoint=100; PRAGMA journal_size_limit=1048576; PRAGMA cell_size_check=ON;
)sql";

Error corrupt(const fs::path& path, const std::string& why) {
  return {ErrorCode::corrupt, "the buffer " + path.string() + " is damaged: " + why};
}

void make_tables(SQLite::Database& database) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  database.exec(schema);
  database.exec("PRAGMA application_id=" + std::to_string(application_id));
  database.exec("PRAGMA user_version=" + std::to_string(schema_version));
  transaction.commit();
}

bool is_empty(SQLite::Database& database) {
  return database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0;
}

Result<void> check_ours(SQLite::Database& database, const fs::path& path) {
  if (is_empty(database)) {
    return Error{ErrorCode::unavailable, "the buffer " + path.string() + " has no tables yet"};
  }
  if (database.execAndGet("PRAGMA application_id").getInt() != application_id) {
    return Error{ErrorCode::unsupported,
                 path.string() + " is another program's database: set buffer_path to a file of its own"};
  }
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  if (version <= schema_version) return {};
  return Error{ErrorCode::unsupported, "the buffer " + path.string() + " was written by a newer version (format " +
                                           std::to_string(version) + ", this one knows " +
                                           std::to_string(schema_version) +
                                           "): update this program, or set buffer_path to another file"};
}

Result<void> set_up(SQLite::Database& database, const fs::path& path) {
  database.exec("PRAGMA cell_size_check=ON");
  const std::string verdict = database.execAndGet("PRAGMA quick_check(1)").getString();
  if (verdict != "ok") return corrupt(path, verdict);
  if (!is_empty(database)) {
    if (Result<void> ours = check_ours(database, path); !ours) return ours;
  }
  database.exec(pragmas);
  if (is_empty(database)) make_tables(database);
  return {};
}

bool is_full(int code, sqlite3* database) {
  if (code == SQLITE_FULL) return true;
  if (code != SQLITE_IOERR || database == nullptr) return false;
  const int cause = sqlite3_system_errno(database);
  return cause == ENOSPC || cause == EDQUOT;
}

ErrorCode code_of(int code, sqlite3* database) {
  if (is_full(code, database)) return ErrorCode::no_space;
  switch (code) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::busy;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return ErrorCode::permission;
    default:
      return ErrorCode::io;
  }
}

}  // namespace

Error describe_sqlite_failure(const SQLite::Exception& failure, sqlite3* database, const fs::path& path,
                              std::string_view doing) {
  const ErrorCode code = code_of(failure.getErrorCode() & 0xff, database);
  std::string text = "cannot " + std::string(doing) + " the buffer " + path.string() + ": " + failure.what();
  if (code == ErrorCode::no_space) text += "; make room on its disk (what it holds is kept)";
  if (code == ErrorCode::busy) text += "; another program holds it";
  return {code, std::move(text)};
}

Result<std::unique_ptr<SQLite::Database>> open_buffer_database(const fs::path& path) {
  std::unique_ptr<SQLite::Database> database;
  try {
    database = std::make_unique<SQLite::Database>(
        path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX, busy_timeout_ms);
    Result<void> ready = set_up(*database, path);
    if (ready) return database;
    close_untouched(std::move(database));
    return ready.error();
  } catch (const SQLite::Exception& failure) {
    const Error error = describe_sqlite_failure(failure, database ? database->getHandle() : nullptr, path, "open");
    close_untouched(std::move(database));
    return error;
  }
}

Result<std::unique_ptr<SQLite::Database>> open_buffer_database_read_only(const fs::path& path) {
  std::error_code ec;
  if (!fs::is_regular_file(path, ec)) {
    return Error{ErrorCode::not_found, "there is no buffer at " + path.string()};
  }
  try {
    auto database =
        std::make_unique<SQLite::Database>(path, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX, busy_timeout_ms);
    database->exec("PRAGMA cache_size=-256; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY");
    if (Result<void> ours = check_ours(*database, path); !ours) return ours.error();
    return database;
  } catch (const SQLite::Exception& failure) {
    return describe_sqlite_failure(failure, nullptr, path, "read");
  }
}

void close_untouched(std::unique_ptr<SQLite::Database> database) noexcept {
  if (database) {
    sqlite3_db_config(database->getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
}

}  // namespace activitytrack
