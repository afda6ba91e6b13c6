#pragma once

#include <activitytrack/core/event.hpp>
#include <activitytrack/core/result.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace SQLite {
class Database;
}

namespace activitytrack::server {

/// Bytes that are not text (BLOB, bytea).
struct Bytes {
  std::string bytes;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

/// Times are stored as microseconds since 1970.
constexpr std::int64_t to_micros(Time time) noexcept { return time.time_since_epoch().count(); }
constexpr Time from_micros(std::int64_t micros) noexcept { return Time(std::chrono::microseconds(micros)); }

/// A parameter of a statement. The first alternative is NULL; a boolean is 0 or 1, an enumerator its number.
struct SqlValue : std::variant<std::monostate, std::int64_t, double, std::string, Bytes> {
  SqlValue() = default;
  SqlValue(double value) : variant(value) {}
  SqlValue(std::string text) : variant(std::move(text)) {}
  SqlValue(std::string_view text) : variant(std::string(text)) {}
  SqlValue(Bytes bytes) : variant(std::move(bytes)) {}
  SqlValue(Time time) : variant(to_micros(time)) {}
  template <class T>
  requires(std::is_integral_v<T> || std::is_enum_v<T>) SqlValue(T value) : variant(static_cast<std::int64_t>(value)) {}
  template <class T>
  SqlValue(const std::optional<T>& value) : SqlValue(value ? SqlValue(*value) : SqlValue()) {}
};

/// A row of a result, by index of column from 0. Lives for the call it is given to, as do its views. A column is
/// read as what it is; an integer also as a double.
class SqlRow {
 public:
  virtual ~SqlRow() = default;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;  ///< of bytes too

  bool flag(int column) const { return integer(column) != 0; }
  Time time(int column) const { return from_micros(integer(column)); }
  std::optional<Time> time_if_any(int column) const {
    return is_null(column) ? std::nullopt : std::optional(time(column));
  }
};

/// A database as all but the hot path of ingest uses it: statements in the SQL that SQLite and PostgreSQL share, so
/// that each is written once. Parameters are $1, $2, ...; `INSERT ... ON CONFLICT ... DO UPDATE`, `RETURNING`, the
/// types BIGINT, DOUBLE PRECISION, TEXT and BYTEA, and count(*), min, max, coalesce work in both. A sum of integers is
/// cast to BIGINT; booleans and times are BIGINT (SqlValue).
///
/// Callable from any thread; calls wait for each other. Statements are prepared once and kept: a text must not
/// hold values. After an error the database stays usable; `unavailable` means that trying again later makes
/// sense (the connection to it is being made anew), no_space that the disk is full. After `unavailable` what was
/// committed may have been kept all the same, for it came after the commit, or instead of its answer: what is tried
/// again must do no harm when it is done twice. A statement or value that the database itself refuses is `io`, not
/// `invalid_input`, which is for what a room or check_texts() checks: people who ask are shown the words of that, and
/// not SQL's.
class Database {
 public:
  using EachRow = std::function<void(const SqlRow&)>;

  virtual ~Database() = default;

  /// Runs one statement, which is durable when it returns, unless in transact(). Returns the number of rows that an
  /// INSERT, UPDATE or DELETE changed.
  virtual Result<std::int64_t> run(std::string_view sql, std::span<const SqlValue> parameters, const EachRow& each) = 0;

  /// Runs `work` in one transaction of this database: all of it is kept, or, if `work` returns an error or throws,
  /// nothing. All or nothing too if the commit fails, but which of them is not known after `unavailable`.
  /// `work` calls run() of the same object, on the same thread, and hands on every error: after one nothing is kept.
  /// May run `work` anew when the transaction met another. What changes both accounts and machines counts the accounts'
  /// change last: ingest takes these locks in that order.
  virtual Result<void> transact(const std::function<Result<void>()>& work) = 0;

  /// The same without rows or without parameters.
  Result<std::int64_t> run(std::string_view sql, std::initializer_list<SqlValue> parameters = {},
                           const EachRow& each = nullptr) {
    return run(sql, std::span(parameters.begin(), parameters.size()), each);
  }

  /// The same where the number of rows does not matter.
  Result<void> execute(std::string_view sql, std::initializer_list<SqlValue> parameters = {},
                       const EachRow& each = nullptr) {
    const auto done = run(sql, parameters, each);
    return done ? Result<void>() : done.error();
  }

  /// Whether a SELECT finds any row.
  Result<bool> finds(std::string_view sql, std::initializer_list<SqlValue> parameters) {
    bool found = false;
    const auto read = run(sql, parameters, [&](const SqlRow&) { found = true; });
    if (!read) return read.error();
    return found;
  }

  /// The same for a statement that is to change a row: `otherwise` if it changes none.
  Result<void> must_change(std::string_view sql, std::initializer_list<SqlValue> parameters, const Error& otherwise) {
    const auto changed = run(sql, parameters);
    if (!changed) return changed.error();
    return *changed > 0 ? Result<void>() : otherwise;
  }

  /// Whether a statement changed one row.
  Result<bool> changes_one(std::string_view sql, std::initializer_list<SqlValue> parameters) {
    const auto changed = run(sql, parameters);
    if (!changed) return changed.error();
    return *changed == 1;
  }
};

/// For a Database: its own failure, as it returns that.
inline Error as_database_failure(Error error) {
  if (error.code == ErrorCode::invalid_input) error.code = ErrorCode::io;
  return error;
}

/// For a Database, before it runs a statement: that each text is UTF-8 without NUL. PostgreSQL can hold no others, and
/// people who sent one get the same words whatever the database is.
Result<void> check_texts(std::span<const SqlValue> parameters);

/// All rows of a query, each as `read` makes it.
template <class Read, class Row = std::invoke_result_t<Read&, const SqlRow&>>
Result<std::vector<Row>> select_all(Database& database, std::string_view sql,
                                    std::initializer_list<SqlValue> parameters, Read read) {
  std::vector<Row> rows;
  const auto done = database.run(sql, parameters, [&](const SqlRow& row) { rows.push_back(read(row)); });
  if (!done) return done.error();
  return rows;
}

/// The row of a query that finds at most one.
template <class Read, class Row = std::invoke_result_t<Read&, const SqlRow&>>
Result<std::optional<Row>> select_one(Database& database, std::string_view sql,
                                      std::initializer_list<SqlValue> parameters, Read read) {
  std::optional<Row> found;
  const auto done = database.run(sql, parameters, [&](const SqlRow& row) { found = read(row); });
  if (!done) return done.error();
  return found;
}

/// The number in the one row of a statement; 0 if there is no row.
inline Result<std::int64_t> select_number(Database& database, std::string_view sql,
                                          std::initializer_list<SqlValue> parameters = {}) {
  const auto found = select_one(database, sql, parameters, [](const SqlRow& row) { return row.integer(0); });
  if (!found) return found.error();
  return found->value_or(0);
}

/// The first column of all rows of a query.
inline Result<std::vector<std::string>> select_texts(Database& database, std::string_view sql,
                                                     std::initializer_list<SqlValue> parameters = {}) {
  return select_all(database, sql, parameters, [](const SqlRow& row) { return std::string(row.text(0)); });
}

/// Database::transact() for work that makes something: returns what it made, when all of it is kept.
template <class Work, class Made = std::invoke_result_t<Work&>>
Made transact(Database& database, Work work) {
  std::optional<Made> made;
  const auto kept = database.transact([&]() -> Result<void> {
    made = work();
    if (!*made) return made->error();
    return {};
  });
  if (!kept) return kept.error();
  return std::move(*made);
}

class PostgresConnection;

/// The version of all rooms' tables together, which each database stores: raised when a room changes its tables.
constexpr int schema_version = 6;

/// A column that a table got after it was first made.
struct AddedColumn {
  std::string_view table, name;
  std::string_view definition;  ///< "BIGINT NOT NULL DEFAULT 0", which both databases understand
};

/// The tables of one room. What opens a database names all rooms' (serve/storage.hpp).
struct RoomSchema {
  /// Make the tables that both databases make with the same words, in order; each does nothing if what it makes is
  /// there.
  std::span<const std::string_view> statements{};

  // Make and migrate the tables that differ, after all statements and in their transaction. `found` is the version of
  // the database, 0 for a new one.
  void (*prepare_sqlite)(SQLite::Database&, int found) = nullptr;  ///< throws SQLite::Exception
  Result<void> (*prepare_postgres)(PostgresConnection&, int found) = nullptr;

  /// Added after all of these, to the tables that lack them.
  std::span<const AddedColumn> added_columns{};
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
