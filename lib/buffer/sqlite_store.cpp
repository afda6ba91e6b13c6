#include "buffer/sqlite_store.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event.hpp>
#include "core/file.hpp"

#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>

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

fs::path with_suffix(fs::path path, std::string_view suffix) {
  path += suffix;
  return path;
}

std::string compact(Time now) {
  std::string text = format_timestamp(std::chrono::floor<std::chrono::seconds>(now));
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

/// Renames the database and its -wal and -shm to `PATH.corrupt-20240115T103000Z` (with "-2", "-3" where that is
/// taken), and returns the new name.
Result<fs::path> set_buffer_file_aside(const fs::path& path, Time now) {
  const fs::path wanted = with_suffix(path, ".corrupt-" + compact(now));
  fs::path aside = wanted;
  std::error_code ec;
  for (int n = 2; fs::exists(aside, ec); ++n) aside = with_suffix(wanted, "-" + std::to_string(n));
  // The log first: were the program killed in between, a new database would take it for its own.
  for (const char* suffix : {"-wal", "-shm", ""}) {
    const fs::path from = with_suffix(path, suffix);
    if (::rename(from.c_str(), with_suffix(aside, suffix).c_str()) == 0 || errno == ENOENT) continue;
    return system_error("cannot set the corrupt buffer " + from.string() + " aside", errno);
  }
  return aside;
}

void make_tables(SQLite::Database& database) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  database.exec(schema);
  database.exec("PRAGMA application_id=" + std::to_string(application_id));
  database.exec("PRAGMA user_version=" + std::to_string(schema_version));
  transaction.commit();
}

/// The header of a database, with zeros for what a short file lacks. SQLite reads it: closing another descriptor of the
/// file would drop the locks that a connection of this process has on it.
Result<std::string> read_header(const fs::path& path) try {
  std::string header(100, '\0');
  const SQLite::Database database(path, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX);
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  const int status = file->pMethods->xRead(file, header.data(), static_cast<int>(header.size()), 0);
  if (status == SQLITE_OK || status == SQLITE_IOERR_SHORT_READ) return header;
  return Error{ErrorCode::io, "cannot read the buffer " + path.string() + ": " + sqlite3_errstr(status)};
} catch (const SQLite::Exception& failure) {
  return describe_sqlite_failure(failure, nullptr, path, "open");
}

/// Fails for a file that is something else than a database: it is another's, and not to be touched. One that begins
/// with zeros is ours, of which a power cut took the beginning; so is one that bears another sign of a buffer, of which
/// the beginning is damaged.
Result<void> check_not_foreign(const fs::path& path) {
  constexpr std::string_view mark{"SQLite format 3", 16}, our_id = "ATrf";
  constexpr std::size_t id_at = 68;
  const auto header = read_header(path);
  if (!header) return header.error();
  if (header->starts_with(mark) || header->find_first_not_of('\0') == header->npos) return {};
  std::error_code ec;
  if (header->compare(id_at, our_id.size(), our_id) == 0 || fs::exists(with_suffix(path, "-wal"), ec) ||
      fs::exists(buffer_lock_path(path), ec))
    return {};
  return Error{ErrorCode::unsupported,
               path.string() + " is no buffer, and is left as it is: set buffer_path to a file of its own"};
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
  if (!is_empty(database)) {
    if (Result<void> ours = check_ours(database, path); !ours) return ours;
  }
  const std::string verdict = database.execAndGet("PRAGMA quick_check(1)").getString();
  if (verdict != "ok") return Error{ErrorCode::corrupt, "the buffer " + path.string() + " is damaged: " + verdict};
  database.exec(pragmas);
  if (is_empty(database)) make_tables(database);
  return {};
}

/// Closes without a checkpoint, so that a damaged file stays as it was found.
void close_untouched(std::unique_ptr<SQLite::Database> database) noexcept {
  if (database) {
    sqlite3_db_config(database->getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
}

/// Opens the file, checks that it is sound and a buffer of a version this program knows, and makes the
/// tables where it is empty. `corrupt` is the one error after which a new file may take its place.
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

struct Row {
  std::int64_t id = 0;
  std::string json;
};

/// Reads rows in one direction until the end or until the damage.
class RowWalk {
 public:
  RowWalk(SQLite::Database& damaged, const char* sql) {
    try {
      rows_.emplace(damaged, sql);
    } catch (const SQLite::Exception&) {
      // No such table, or its first page is gone: a walk without rows.
    }
  }

  std::optional<Row> next() noexcept try {
    if (!rows_ || !rows_->executeStep()) return std::nullopt;
    return Row{rows_->getColumn(0).getInt64(), rows_->getColumn(1).getString()};
  } catch (const std::exception&) {
    rows_.reset();
    return std::nullopt;
  }

 private:
  std::optional<SQLite::Statement> rows_;
};

std::int64_t carry_events(SQLite::Database& damaged, const char* sql, BufferWriter& writer) {
  std::int64_t carried = 0;
  RowWalk walk(damaged, sql);
  while (std::optional<Row> row = walk.next()) {
    const Result<Event> event = decode_event(row->json);
    if (row->id > 0 && event && writer.insert(row->id, *event, row->json) != 0) ++carried;
  }
  return carried;
}

void carry_meta(SQLite::Database& damaged, const char* key, const char* sql, BufferWriter& writer) {
  RowWalk walk(damaged, sql);
  if (const std::optional<Row> row = walk.next()) writer.raise_meta(key, row->id);
}

/// Copies what can still be read of the pending events of a damaged buffer into a new one, under their old
/// ids, and its counters. Returns the number of events carried over; 0 where nothing is readable. The damaged
/// file is only read. Throws SQLite::Exception when the new one cannot be written.
std::int64_t salvage(const fs::path& damaged, SQLite::Database& into, BufferWriter& writer) {
  std::optional<SQLite::Database> from;
  try {
    from.emplace(damaged, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX);
    // writable_schema also makes SQLite open a file that is shorter than its header says.
    from->exec("PRAGMA writable_schema=ON; PRAGMA cell_size_check=ON; PRAGMA cache_size=-256");
  } catch (const SQLite::Exception&) {
    return 0;
  }
  SQLite::Transaction transaction(into, SQLite::TransactionBehavior::IMMEDIATE);
  carry_meta(*from, "dropped", "SELECT value, '' FROM meta WHERE key = 'dropped'", writer);
  carry_meta(*from, "newest", "SELECT value, '' FROM meta WHERE key = 'newest'", writer);
  // From both ends, since a walk cannot pass a bad page.
  std::int64_t carried = carry_events(*from, "SELECT id, event FROM pending NOT INDEXED ORDER BY id", writer);
  carried += carry_events(*from, "SELECT id, event FROM pending NOT INDEXED ORDER BY id DESC", writer);
  transaction.commit();
  return carried;
}

Result<std::unique_ptr<SqliteStore>> open_sound_store(const fs::path& path, std::int64_t last_id) {
  if (Result<void> ready = prepare_buffer_file(path); !ready) return ready.error();
  Result<std::unique_ptr<SQLite::Database>> database = open_buffer_database(path);
  if (!database) return database.error();
  try {
    auto store = std::make_unique<SqliteStore>(std::move(*database));
    if (last_id > 0) store->writer->continue_ids_after(last_id);
    return store;
  } catch (const SQLite::Exception& failure) {
    Error error = describe_sqlite_failure(failure, nullptr, path, "open");
    // Sound pages, but a table or column is missing.
    if (failure.getErrorCode() == SQLITE_ERROR) error.code = ErrorCode::corrupt;
    return error;
  }
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

Result<void> prepare_buffer_file(const fs::path& path) {
  if (Result<void> made = make_private_folders(path.parent_path()); !made) return made;
  std::error_code ec;
  const fs::file_status there = fs::status(path, ec);
  if (fs::is_directory(there)) {
    return Error{ErrorCode::io, "the buffer " + path.string() + " is a folder: set buffer_path to a file"};
  }
  if (ec && there.type() != fs::file_type::not_found)
    return system_error("cannot look at the buffer " + path.string(), ec.value());
  if (!fs::exists(there)) {
    const UniqueFd made(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!made) return system_error("cannot make the buffer " + path.string(), errno);
  } else if (!fs::is_regular_file(there)) {
    return Error{ErrorCode::io, "the buffer " + path.string() + " is not a regular file: set buffer_path to a file"};
  } else if (Result<void> ours = check_not_foreign(path); !ours) {
    return ours;
  }
  if (::chmod(path.c_str(), 0600) != 0)
    return system_error("cannot make the buffer " + path.string() + " private", errno);
  // SQLite gives new ones the database's mode; those that a crash left are as they were.
  for (const char* suffix : {"-wal", "-shm"}) ::chmod(with_suffix(path, suffix).c_str(), 0600);
  return {};
}

fs::path buffer_lock_path(const fs::path& path) { return with_suffix(path, ".lock"); }

std::int64_t buffer_file_bytes(const fs::path& path) noexcept {
  std::int64_t bytes = 0;
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) bytes += info.st_size;
  if (::stat(with_suffix(path, "-wal").c_str(), &info) == 0) bytes += info.st_size;
  return bytes;
}

Error describe_sqlite_failure(const SQLite::Exception& failure, sqlite3* database, const fs::path& path,
                              std::string_view doing) {
  const ErrorCode code = code_of(failure.getErrorCode() & 0xff, database);
  std::string text = "cannot " + std::string(doing) + " the buffer " + path.string() + ": " + failure.what();
  if (code == ErrorCode::no_space) text += "; make room on its disk (what it holds is kept)";
  if (code == ErrorCode::busy) text += "; another program holds it";
  return {code, std::move(text)};
}

Result<std::unique_ptr<SQLite::Database>> open_buffer_database_read_only(const fs::path& path) {
  std::error_code ec;
  if (!fs::is_regular_file(path, ec)) {
    return Error{ErrorCode::not_found, "there is no buffer at " + path.string()};
  }
  if (Result<void> ours = check_not_foreign(path); !ours) return ours.error();
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

void SqliteStore::abandon() noexcept {
  writer.reset();
  reader.reset();
  close_untouched(std::move(database));
}

bool SqliteStore::moved() const noexcept {
  int moved = 0;
  sqlite3_file_control(database->getHandle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return moved != 0;
}

Result<std::unique_ptr<SqliteStore>> open_sqlite_store(const fs::path& path, std::int64_t last_id, Clock& clock,
                                                       Log& log) {
  Result<std::unique_ptr<SqliteStore>> store = open_sound_store(path, last_id);
  if (store || store.error().code != ErrorCode::corrupt) return store;
  return replace_damaged_store(path, last_id, store.error(), clock, log);
}

Result<std::unique_ptr<SqliteStore>> replace_damaged_store(const fs::path& path, std::int64_t last_id,
                                                           const Error& damage, Clock& clock, Log& log) {
  const Result<fs::path> aside = set_buffer_file_aside(path, clock.now());
  if (!aside) return aside.error();
  Result<std::unique_ptr<SqliteStore>> store = open_sound_store(path, last_id);
  std::int64_t carried = 0;
  try {
    if (store) carried = salvage(*aside, *(*store)->database, *(*store)->writer);
  } catch (const SQLite::Exception& failure) {
    log.warning("cannot carry events over from the damaged buffer", {{"reason", failure.what()}});
  }
  log.warning("buffer was damaged: set aside, and a new one begun",
              {{"reason", damage.message}, {"kept_as", aside->native()}, {"events_carried_over", carried}});
  return store;
}

}  // namespace activitytrack
