#include "server/database/sqlite_database.hpp"

#include "server/database/sqlite_log.hpp"
#include "sqlite/statement_use.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;

constexpr std::pair<int, ErrorCode> meanings[] = {
    {SQLITE_FULL, ErrorCode::no_space},        {SQLITE_BUSY, ErrorCode::unavailable},
    {SQLITE_LOCKED, ErrorCode::unavailable},   {SQLITE_NOMEM, ErrorCode::unavailable},
    {SQLITE_IOERR, ErrorCode::unavailable},    {SQLITE_CORRUPT, ErrorCode::corrupt},
    {SQLITE_NOTADB, ErrorCode::corrupt},       {SQLITE_PERM, ErrorCode::permission},
    {SQLITE_READONLY, ErrorCode::permission},  {SQLITE_CANTOPEN, ErrorCode::permission},
    {SQLITE_AUTH, ErrorCode::permission},      {SQLITE_CONSTRAINT, ErrorCode::invalid_input},
    {SQLITE_TOOBIG, ErrorCode::invalid_input}, {SQLITE_MISMATCH, ErrorCode::invalid_input}};

/// SQLite's own waits grow to 100 ms, and a busy writer leaves only moments between its transactions: one that looks
/// seldom would never find one.
int wait_for_turn(void*, int tries) {
  constexpr auto pause = 500us;
  if (tries >= 10s / pause) return 0;
  std::this_thread::sleep_for(pause);
  return 1;
}

class SqliteRow : public SqlRow {
 public:
  explicit SqliteRow(const SQLite::Statement& statement) : statement_(statement) {}

  bool is_null(int column) const override { return statement_.isColumnNull(column); }
  std::int64_t integer(int column) const override { return at(column).getInt64(); }
  double real(int column) const override { return at(column).getDouble(); }
  std::string_view text(int column) const override {
    const SQLite::Column value = at(column);
    const auto* bytes = static_cast<const char*>(value.getBlob());
    return {bytes ? bytes : "", static_cast<std::size_t>(value.getBytes())};
  }

 private:
  SQLite::Column at(int column) const { return statement_.getColumn(column); }

  const SQLite::Statement& statement_;
};

/// Binds one parameter; the value outlives the statement's use.
struct BindValue {
  SQLite::Statement& statement;
  int index;

  void operator()(std::monostate) const { statement.bind(index); }
  void operator()(std::int64_t value) const { statement.bind(index, value); }
  void operator()(double value) const { statement.bind(index, value); }
  void operator()(const std::string& value) const { statement.bindNoCopy(index, value); }
  void operator()(const Bytes& value) const {
    statement.bindNoCopy(index, value.bytes.data(), static_cast<int>(value.bytes.size()));
  }
};

/// What PRAGMA wal_autocheckpoint does, but it would keep a failure to itself.
int copy_long_log(void* log, sqlite3* connection, const char*, int frames) {
  if (frames >= long_log) static_cast<SqliteLog*>(log)->copy_pages(connection);
  return SQLITE_OK;
}

class SqliteDatabase : public Database {
 public:
  SqliteDatabase(SQLite::Database connection, std::shared_ptr<SqliteLog> log)
      : connection_(std::move(connection)), log_(std::move(log)) {
    if (log_) sqlite3_wal_hook(connection_.getHandle(), copy_long_log, log_.get());
  }
  ~SqliteDatabase() override {
    if (log_) log_->before_close(connection_.getHandle());
  }

  Result<std::int64_t> run(std::string_view sql, std::span<const SqlValue> parameters, const EachRow& each) override {
    if (auto fit = check_texts(parameters); !fit) return fit.error();
    const std::lock_guard lock(mutex_);
    try {
      const int changes_before = changes();
      SQLite::Statement& statement = prepared(sql);
      const StatementUse use(statement);
      for (std::size_t i = 0; i < parameters.size(); ++i) {
        const int index = statement.getIndex(("$" + std::to_string(i + 1)).c_str());
        std::visit(BindValue{statement, index}, parameters[i]);
      }
      const SqliteRow row(statement);
      while (statement.executeStep()) {
        if (each) each(row);
      }
      const std::int64_t changed = connection_.getChanges();
      if (auto kept = confirm_since(changes_before); !kept) return kept.error();
      return changed;
    } catch (const SQLite::Exception& e) {
      return failure(e);
    }
  }

  Result<void> transact(const std::function<Result<void>()>& work) override {
    const std::lock_guard lock(mutex_);
    try {
      const int changes_before = changes();
      SQLite::Transaction transaction(connection_, SQLite::TransactionBehavior::IMMEDIATE);
      if (auto done = work(); !done) return done.error();
      transaction.commit();
      return confirm_since(changes_before);
    } catch (const SQLite::Exception& e) {
      return failure(e);
    }
  }

  using Database::run;

 private:
  int changes() { return sqlite3_total_changes(connection_.getHandle()); }

  /// Whether what was changed since then is durable; within a transaction that is not asked yet.
  Result<void> confirm_since(int changes_before) {
    const bool committed = sqlite3_get_autocommit(connection_.getHandle()) != 0 && changes() != changes_before;
    return log_ && committed ? log_->confirm(connection_) : Result<void>();
  }

  Error failure(const SQLite::Exception& exception) {
    if (log_ && (exception.getErrorCode() & 0xff) == SQLITE_IOERR) log_->failed();
    return as_database_failure(store_error(exception));
  }

  SQLite::Statement& prepared(std::string_view sql) {
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
      std::string text(sql);
      found = statements_.try_emplace(text, connection_, text).first;
    }
    return found->second;
  }

  std::recursive_mutex mutex_;  ///< recursive: run() within transact()
  SQLite::Database connection_;
  const std::shared_ptr<SqliteLog> log_;  ///< null where nobody else writes by other rules
  std::map<std::string, SQLite::Statement, std::less<>> statements_;
};

}  // namespace

SQLite::Database open_for_writing(const std::string& path, const std::string& vfs) {
  SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 0, vfs);
  sqlite3_busy_handler(database.getHandle(), wait_for_turn, nullptr);
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  // The server's writer has its log copied by a SqliteCheckpointer; this is for commands that write much.
  database.exec("PRAGMA wal_autocheckpoint = " + std::to_string(long_log));
  return database;
}

SQLite::Database open_for_reading(const std::string& path) {
  SQLite::Database database(path, SQLite::OPEN_READONLY);
  sqlite3_busy_handler(database.getHandle(), wait_for_turn, nullptr);
  return database;
}

Error store_error(const SQLite::Exception& exception) {
  const int code = exception.getErrorCode() & 0xff;
  const auto found = std::ranges::find_if(meanings, [&](const auto& meaning) { return meaning.first == code; });
  return {found == std::end(meanings) ? ErrorCode::io : found->second, std::string("database: ") + exception.what()};
}

std::unique_ptr<Database> make_sqlite_database(SQLite::Database connection, std::shared_ptr<SqliteLog> log) {
  return std::make_unique<SqliteDatabase>(std::move(connection), std::move(log));
}

}  // namespace activitytrack::server
