/// The raw limit of SQLite: the same rows into the same table and index with the same durability, and nothing
/// else.

#include "raw.hpp"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace activitytrack::raw;

constexpr const char* usage =
    "usage: raw_sqlite LIKE.db NEW.db [SECONDS [GROUP [EVENTS [MACHINES [ROWS]]]]]\n"
    "LIKE.db is a server's database with some events; NEW.db must not exist.";
constexpr int most_samples = 4096;

sqlite3* open(const std::string& path, int flags) {
  sqlite3* database = nullptr;
  if (sqlite3_open_v2(path.c_str(), &database, flags, nullptr) != SQLITE_OK) {
    std::fprintf(stderr, "raw_sqlite: %s: %s\n", path.c_str(), sqlite3_errmsg(database));
    std::exit(1);
  }
  return database;
}

void check(sqlite3* database, bool good) {
  if (good) return;
  std::fprintf(stderr, "raw_sqlite: %s\n", sqlite3_errmsg(database));
  std::exit(1);
}

sqlite3_stmt* prepare(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  check(database,
        sqlite3_prepare_v3(database, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) == SQLITE_OK);
  return statement;
}

void run(sqlite3* database, const std::string& sql) {
  check(database, sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
}

std::vector<std::string> texts(sqlite3* database, const std::string& sql) {
  std::vector<std::string> found;
  sqlite3_stmt* statement = prepare(database, sql);
  while (sqlite3_step(statement) == SQLITE_ROW) {
    found.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)));
  }
  sqlite3_finalize(statement);
  return found;
}

using Sample = std::vector<sqlite3_value*>;

std::string listed(const std::vector<std::string>& columns) {
  std::string list;
  for (const auto& column : columns) list += (list.empty() ? "" : ", ") + column;
  return list;
}

std::vector<Sample> read_samples(sqlite3* like, const std::vector<std::string>& columns) {
  std::vector<Sample> samples;
  sqlite3_stmt* rows =
      prepare(like, "SELECT " + listed(columns) + " FROM events LIMIT " + std::to_string(most_samples));
  while (sqlite3_step(rows) == SQLITE_ROW) {
    Sample& sample = samples.emplace_back();
    for (int i = 0; i < sqlite3_column_count(rows); ++i) {
      sample.push_back(sqlite3_value_dup(sqlite3_column_value(rows, i)));
    }
  }
  sqlite3_finalize(rows);
  if (samples.empty()) {
    std::fprintf(stderr, "raw_sqlite: the server's database has no events\n");
    std::exit(1);
  }
  return samples;
}

}  // namespace

int main(int count, char** values) {
  const Options options = read_options(count, values, usage);
  sqlite3* like = open(options.like, SQLITE_OPEN_READONLY);
  // Without the row number, which the database gives.
  const auto columns = texts(like, "SELECT name FROM pragma_table_info('events') WHERE name <> 'id'");
  const auto samples = read_samples(like, columns);
  sqlite3* into = open(options.into, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  run(into, "PRAGMA page_size = " + texts(like, "PRAGMA page_size").front());
  // As the server's writer (store/sqlite_writer.cpp).
  run(into,
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768;"
      "PRAGMA wal_autocheckpoint = 4096");
  for (const auto& sql : texts(like,
                               "SELECT sql FROM sqlite_master WHERE tbl_name = 'events' AND sql IS NOT NULL"
                               " AND type IN ('table', 'index') ORDER BY type = 'index'")) {
    run(into, sql);
  }
  std::string marks;
  for (const auto& column : columns) marks += column == columns.front() ? "?" : ", ?";
  sqlite3_stmt* insert =
      prepare(into, "INSERT INTO events(" + listed(columns) + ") VALUES(" + marks + ") ON CONFLICT DO NOTHING");

  Order order(options);
  const auto insert_row = [&] {
    const Order::Row row = order.next();
    const Sample& sample = samples[row.sample % samples.size()];
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const int at = static_cast<int>(i) + 1;
      if (columns[i] == "machine") {
        sqlite3_bind_int64(insert, at, row.machine);
      } else if (columns[i] == "timestamp") {
        sqlite3_bind_int64(insert, at, row.micros);
      } else {
        sqlite3_bind_value(insert, at, sample[i]);
      }
    }
    check(into, sqlite3_step(insert) == SQLITE_DONE);
    sqlite3_reset(insert);
  };
  measure(options, [&] {
    run(into, "BEGIN IMMEDIATE");
    for (std::uint64_t i = 0; i < options.group; ++i) insert_row();
    run(into, "COMMIT");
  });
}
