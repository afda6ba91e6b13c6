#pragma once

#include <activitytrack/core/result.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace activitytrack::server {

/// Bytes that are not text (BLOB, bytea).
struct Bytes {
  std::string bytes;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

/// A parameter of a statement. The first alternative is NULL.
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string, Bytes>;

template <class T>
SqlValue sql_value(const std::optional<T>& value) {
  return value ? SqlValue(*value) : SqlValue();
}

/// A row of a result, by index of column from 0. Lives for the call it is given to, as do its views. A column is
/// read as what it is; an integer also as a double.
class SqlRow {
 public:
  virtual ~SqlRow() = default;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;  ///< of bytes too
};

/// A database as all but the hot path of ingest uses it: statements in the SQL that SQLite and PostgreSQL share, so
/// that each is written once. Parameters are $1, $2, ...; `INSERT ... ON CONFLICT ... DO UPDATE`, `RETURNING`, the
/// types BIGINT, DOUBLE PRECISION, TEXT and BYTEA, and count(*), min, max, coalesce work in both. A sum of integers is
/// cast to BIGINT; a boolean is stored as BIGINT 0 or 1; times are microseconds since 1970.
///
/// Callable from any thread; calls wait for each other. Statements are prepared once and kept: a text must not
/// hold values. After an error the database stays usable; `unavailable` means that trying again later makes
/// sense (the connection to it is being made anew), no_space that the disk is full.
class Database {
 public:
  using EachRow = std::function<void(const SqlRow&)>;

  virtual ~Database() = default;

  /// Runs one statement, which is durable when it returns, unless in transact(). Returns the number of rows that an
  /// INSERT, UPDATE or DELETE changed.
  virtual Result<std::int64_t> run(std::string_view sql, std::span<const SqlValue> parameters, const EachRow& each) = 0;

  /// Runs `work` in one transaction of this database: all of it is kept, or, if it returns an error or throws, nothing.
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
  Result<void> execute(std::string_view sql, std::initializer_list<SqlValue> parameters = {}) {
    const auto done = run(sql, parameters);
    return done ? Result<void>() : done.error();
  }

  /// Whether a SELECT finds any row.
  Result<bool> finds(std::string_view sql, std::initializer_list<SqlValue> parameters) {
    bool found = false;
    const auto read = run(sql, parameters, [&](const SqlRow&) { found = true; });
    if (!read) return read.error();
    return found;
  }
};

}  // namespace activitytrack::server
