#include "server/events/sqlite_schema.hpp"

#include "server/events/event_group.hpp"
#include "server/events/event_row.hpp"
#include "server/events/packed_hour.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>
#include <boost/algorithm/string/replace.hpp>

#include <new>
#include <set>
#include <string_view>

namespace activitytrack::server {
namespace {

struct BindField {
  SQLite::Statement& statement;
  int index;

  void operator()(std::nullptr_t) const { statement.bind(index); }
  void operator()(std::int64_t value) const { statement.bind(index, value); }
  void operator()(double value) const { statement.bind(index, value); }
  void operator()(const std::string& text) const { statement.bindNoCopy(index, text); }
  void operator()(std::string&& text) const { statement.bind(index, text); }
  void operator()(std::string_view literal) const { statement.bindNoCopy(index, literal.data()); }
};

/// A column's definition: "key_count INTEGER".
std::string column_definition(const EventField& field) {
  const StoredAs stored = stored_as(field);
  return std::string(field.name) + (stored == StoredAs::text   ? " TEXT"
                                    : stored == StoredAs::real ? " REAL"
                                                               : " INTEGER");
}

/// A shared statement by the names of SQLite's types.
std::string in_sqlite(std::string sql) {
  using boost::algorithm::replace_all;
  for (const char* integer : {"BIGINT", "SMALLINT"}) replace_all(sql, integer, "INTEGER");
  replace_all(sql, "BYTEA", "BLOB");
  return sql;
}

void create_machines(SQLite::Database& database) {
  database.exec(
      in_sqlite("CREATE TABLE IF NOT EXISTS machines( id INTEGER PRIMARY KEY, machine_id TEXT NOT NULL UNIQUE," +
                std::string(columns_of_machines)));
}

void create_events(SQLite::Database& database) {
  std::string sql = "CREATE TABLE IF NOT EXISTS events(id INTEGER PRIMARY KEY, machine INTEGER NOT NULL";
  for (const EventField* field : stored_fields()) {
    sql += ", " + column_definition(*field);
    if (field->required) sql += " NOT NULL";
  }
  database.exec(sql + ")");
  database.exec("CREATE UNIQUE INDEX IF NOT EXISTS events_by_time ON events(machine, timestamp)");
}

void add_missing_columns(SQLite::Database& database) {
  std::set<std::string, std::less<>> present;
  SQLite::Statement columns(database, "SELECT name FROM pragma_table_info('events')");
  while (columns.executeStep()) present.insert(columns.getColumn(0).getString());
  for (const EventField* field : stored_fields()) {
    if (!present.contains(field->name)) {
      database.exec("ALTER TABLE events ADD COLUMN " + column_definition(*field));
    }
  }
}

/// What version 1 had numbered, under new keys.
void take_machines_of_version_1(SQLite::Database& database) {
  SQLite::Statement old(database, "SELECT id, machine_id FROM machines_1");
  SQLite::Statement take(
      database,
      "INSERT INTO machines(id, machine_id, first_seen, last_seen, user_label, timezone, timezone_at)"
      " SELECT ?1, machine_id, first_seen, last_seen, user_label, timezone, timezone_at"
      " FROM machines_1 WHERE id = ?2");
  SQLite::Statement move(database, "UPDATE events SET machine = ?1 WHERE machine = ?2");
  while (old.executeStep()) {
    const auto key = machine_key(old.getColumn(1).getString());
    for (SQLite::Statement* step : {&take, &move}) {
      step->bind(1, key);
      step->bind(2, old.getColumn(0).getInt64());
      step->exec();
      step->reset();
    }
  }
  old.reset();
  database.exec("INSERT INTO server_state(name, value) VALUES('hours_to_rebuild', 1)");
  database.exec("DROP TABLE machines_1");
}

std::string_view bytes_of(sqlite3_value* value) {
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
  return {bytes ? bytes : "", static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

void merge_hours(sqlite3_context* context, int, sqlite3_value** values) noexcept {
  try {
    Hour hour;
    for (sqlite3_value* value : {values[0], values[1]}) {
      if (auto merged = merge_packed(hour, bytes_of(value)); !merged) {
        constexpr std::string_view prefix = "database: ";  // store_error() puts it there
        return sqlite3_result_error(context, merged.error().message.c_str() + prefix.size(), -1);
      }
    }
    const std::string packed = pack_hour(hour);
    sqlite3_result_blob(context, packed.data(), static_cast<int>(packed.size()), SQLITE_TRANSIENT);
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  }
}

}  // namespace

void bind_field(SQLite::Statement& statement, int index, const Event& event, const EventField& field) {
  const BindField bind{statement, index};
  std::visit([&](auto member) { put_value(event.*member, bind); }, field.member);
}

void prepare_sqlite_events(SQLite::Database& database, int found) {
  const bool machines_are_numbered = found == 1;
  if (machines_are_numbered) database.exec("ALTER TABLE machines RENAME TO machines_1");
  create_machines(database);
  create_events(database);
  add_missing_columns(database);
  database.exec(in_sqlite(std::string(create_hours)) + " WITHOUT ROWID");
  if (machines_are_numbered) take_machines_of_version_1(database);
}

void add_hour_functions(SQLite::Database& database) {
  constexpr int arguments = 2;
  sqlite3_create_function_v2(database.getHandle(), "merge_hours", arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                             nullptr, merge_hours, nullptr, nullptr, nullptr);
}

}  // namespace activitytrack::server
