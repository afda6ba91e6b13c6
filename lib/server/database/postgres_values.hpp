#pragma once

#include "server/database/database.hpp"

#include <libpq-fe.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::server {

/// The numbers of PostgreSQL's own types that this program speaks (pg_type.oid; they never change).
namespace postgres_type {
inline constexpr Oid boolean = 16, bytea = 17, int8 = 20, int2 = 21, int4 = 23, text = 25, float4 = 700, float8 = 701,
                     varchar = 1043;
}

/// The parameters of a statement, in PostgreSQL's binary format.
class PostgresParameters {
 public:
  void add(const SqlValue& value);
  void add(std::int64_t value);
  void add_null(Oid type);

  /// A value that was put together elsewhere: an array (PostgresArray), say.
  void add_bytes(Oid type, std::string bytes);

  std::size_t size() const { return types_.size(); }
  std::span<const Oid> types() const { return types_; }

  /// Where libpq finds the values; good until the next add().
  struct View {
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
  };
  View view() const;

 private:
  std::vector<Oid> types_;
  std::vector<std::string> values_;
  std::vector<bool> nulls_;
};

/// A column of values as one parameter: an array, which unnest() makes rows of again. An array without any
/// value but NULL costs next to nothing, there and on the way.
class PostgresArray {
 public:
  explicit PostgresArray(Oid element) : element_(element) {}

  void add(std::int64_t value);  ///< of int2, int4 or int8, as the element is
  void add(double value);
  void add(std::string_view value);  ///< of text or bytea
  void add_null();

  /// Moves the array into the parameters. PostgreSQL fills up a shorter array with NULL: one of NULLs only
  /// is left out.
  void finish(PostgresParameters& into) &&;

 private:
  void put_length(std::size_t length);

  static constexpr std::size_t header_bytes = 20;

  Oid element_;
  std::string bytes_ = std::string(header_bytes, '\0');
  std::int32_t count_ = 0;
  bool any_null_ = false, any_value_ = false;
};

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, ClearResult>;

/// A row of a binary result.
class PostgresRow : public SqlRow {
 public:
  PostgresRow(const PGresult* result, int row) : result_(result), row_(row) {}

  bool is_null(int column) const override { return PQgetisnull(result_, row_, column) != 0; }
  std::int64_t integer(int column) const override;
  double real(int column) const override;
  std::string_view text(int column) const override;

 private:
  const PGresult* result_;
  int row_;
};

/// Calls `each` with every row.
template <class Each>
void for_each_row(const PostgresResult& result, const Each& each) {
  const int rows = PQntuples(result.get());
  for (int row = 0; row < rows; ++row) each(PostgresRow(result.get(), row));
}

}  // namespace activitytrack::server
