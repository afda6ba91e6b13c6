/// The raw limit of PostgreSQL: groups of the same rows, each group one prepared INSERT ... SELECT FROM
/// unnest(...) of binary arrays, committed with synchronous_commit on.

#include "raw.hpp"

#include <libpq-fe.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace activitytrack::raw;

constexpr const char* usage =
    "usage: raw_postgres CONNINFO TABLE [SECONDS [GROUP [EVENTS [MACHINES [ROWS]]]]]\n"
    "The database is a server's, with some events; TABLE is dropped and made like events.";

using ResultPtr = std::unique_ptr<PGresult, void (*)(PGresult*)>;

ResultPtr checked(PGconn* database, PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return {result, PQclear};
  std::fprintf(stderr, "raw_postgres: %s", PQerrorMessage(database));
  std::exit(1);
}

template <class Integer>
void append_big(std::string& out, Integer value) {
  for (int shift = 8 * (static_cast<int>(sizeof value) - 1); shift >= 0; shift -= 8) {
    out += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xFF);
  }
}

struct Column {
  std::string name, type;
  std::int32_t oid = 0;
  std::string array;

  void begin(std::uint64_t count) {
    array.clear();
    append_big<std::int32_t>(array, 1);  // dimensions
    append_big<std::int32_t>(array, 1);  // there may be NULLs
    append_big(array, oid);
    append_big(array, static_cast<std::int32_t>(count));
    append_big<std::int32_t>(array, 1);  // the first index
  }
  void add(std::string_view bytes) {
    append_big(array, static_cast<std::int32_t>(bytes.size()));
    array += bytes;
  }
  void add(std::int64_t value) {
    append_big<std::int32_t>(array, 8);
    append_big(array, value);
  }
  void add_null() { append_big<std::int32_t>(array, -1); }
};

std::vector<Column> read_columns(PGconn* database) {
  const auto rows = checked(
      database, PQexec(database,
                       "SELECT attname, format_type(atttypid, -1), atttypid FROM pg_attribute"
                       " WHERE attrelid = 'events'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"));
  std::vector<Column> columns;
  for (int row = 0; row < PQntuples(rows.get()); ++row) {
    columns.push_back({PQgetvalue(rows.get(), row, 0),
                       PQgetvalue(rows.get(), row, 1),
                       std::atoi(PQgetvalue(rows.get(), row, 2)),
                       {}});
  }
  return columns;
}

std::string insert_sql(const Options& options, const std::vector<Column>& columns) {
  std::string names, arrays;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    names += (i ? ", " : "") + columns[i].name;
    arrays += (i ? ", $" : "$") + std::to_string(i + 1) + "::" + columns[i].type + "[]";
  }
  return "INSERT INTO " + options.into + "(" + names + ") SELECT * FROM unnest(" + arrays + ") ON CONFLICT DO NOTHING";
}

void add_row(std::vector<Column>& columns, const Order::Row& row, const PGresult* samples) {
  const int sample = static_cast<int>(row.sample % static_cast<std::size_t>(PQntuples(samples)));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const int at = static_cast<int>(i);
    if (columns[i].name == "machine") {
      columns[i].add(row.machine);
    } else if (columns[i].name == "timestamp") {
      columns[i].add(row.micros);
    } else if (PQgetisnull(samples, sample, at)) {
      columns[i].add_null();
    } else {
      columns[i].add(std::string_view(PQgetvalue(samples, sample, at),
                                      static_cast<std::size_t>(PQgetlength(samples, sample, at))));
    }
  }
}

void insert_group(PGconn* database, std::vector<Column>& columns) {
  std::vector<const char*> parameters;
  std::vector<int> lengths;
  for (const Column& column : columns) {
    parameters.push_back(column.array.data());
    lengths.push_back(static_cast<int>(column.array.size()));
  }
  const std::vector<int> binary(columns.size(), 1);
  checked(database, PQexecPrepared(database, "insert", static_cast<int>(columns.size()), parameters.data(),
                                   lengths.data(), binary.data(), 0));
}

}  // namespace

int main(int count, char** values) {
  const Options options = read_options(count, values, usage);
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectdb(options.like.c_str()), PQfinish);
  PGconn* database = connection.get();
  if (PQstatus(database) != CONNECTION_OK) {
    std::fprintf(stderr, "raw_postgres: %s", PQerrorMessage(database));
    return 1;
  }
  auto columns = read_columns(database);
  const auto samples = checked(
      database, PQexecParams(database, "SELECT * FROM events LIMIT 4096", 0, nullptr, nullptr, nullptr, nullptr, 1));
  if (PQntuples(samples.get()) == 0) {
    std::fprintf(stderr, "raw_postgres: the server's database has no events\n");
    return 1;
  }
  const std::string make = "SET client_min_messages = warning; SET synchronous_commit = on; DROP TABLE IF EXISTS " +
                           options.into + "; CREATE TABLE " + options.into + "(LIKE events INCLUDING ALL)";
  checked(database, PQexec(database, make.c_str()));
  checked(database, PQprepare(database, "insert", insert_sql(options, columns).c_str(), 0, nullptr));

  Order order(options);
  measure(options, [&] {
    for (Column& column : columns) column.begin(options.group);
    for (std::uint64_t i = 0; i < options.group; ++i) add_row(columns, order.next(), samples.get());
    insert_group(database, columns);
  });
}
