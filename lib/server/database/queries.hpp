#pragma once

#include "server/database/database.hpp"

#include <type_traits>
#include <vector>

// What makes values of a Database's rows and transactions.

namespace activitytrack::server {

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

}  // namespace activitytrack::server
