#include "server/database/sqlite_database.hpp"

#include "server/database/sqlite_connection.hpp"
#include "sqlite/statement_use.hpp"

#include <map>
#include <mutex>

namespace activitytrack::server {
namespace {

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

class SqliteDatabase : public Database {
 public:
  explicit SqliteDatabase(SQLite::Database connection) : connection_(std::move(connection)) {}

  Result<std::int64_t> run(std::string_view sql, std::span<const SqlValue> parameters, const EachRow& each) override {
    const std::lock_guard lock(mutex_);
    try {
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
      return connection_.getChanges();
    } catch (const SQLite::Exception& e) {
      return store_error(e);
    }
  }

  Result<void> transact(const std::function<Result<void>()>& work) override {
    const std::lock_guard lock(mutex_);
    try {
      SQLite::Transaction transaction(connection_, SQLite::TransactionBehavior::IMMEDIATE);
      if (auto done = work(); !done) return done.error();
      transaction.commit();
      return {};
    } catch (const SQLite::Exception& e) {
      return store_error(e);
    }
  }

  using Database::run;

 private:
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
  std::map<std::string, SQLite::Statement, std::less<>> statements_;
};

}  // namespace

std::unique_ptr<Database> make_sqlite_database(SQLite::Database connection) {
  return std::make_unique<SqliteDatabase>(std::move(connection));
}

}  // namespace activitytrack::server
