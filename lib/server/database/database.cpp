#include "server/database/database.hpp"

#include "core/text.hpp"
#include "server/database/postgres_connection.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <stdexcept>
#include <string>

namespace activitytrack::server {
namespace {

constexpr std::string_view server_state =
    "CREATE TABLE IF NOT EXISTS server_state(name TEXT PRIMARY KEY, value BIGINT NOT NULL)";

constexpr int oldest_postgres = 120000;

constexpr const char* lock_schema =
    "BEGIN; SELECT pg_advisory_xact_lock(7166182947261140)";  // any number, the same for all

std::string newer_program_made_it(std::int64_t found) {
  return "its schema has version " + std::to_string(found) + ", and this program knows up to " +
         std::to_string(schema_version) + ": run a newer activitytrack-server";
}

Result<std::int64_t> version_in_postgres(PostgresConnection& connection) {
  const auto table = connection.run_one({"SELECT to_regclass('server_state') IS NOT NULL"});
  if (!table) return table.error();
  if (PostgresRow(table->get(), 0).integer(0) == 0) return 0;
  const auto rows = connection.run_one({"SELECT value FROM server_state WHERE name = 'schema_version'"});
  if (!rows) return rows.error();
  return PQntuples(rows->get()) == 0 ? 0 : PostgresRow(rows->get(), 0).integer(0);
}

Result<void> make_shared_tables(PostgresConnection& connection, Schema schema) {
  std::string sql;
  for (const auto statement : shared_statements(schema)) (sql += statement) += ";";
  return connection.execute(sql + "INSERT INTO server_state(name, value) VALUES('schema_version', " +
                            std::to_string(schema_version) +
                            ") ON CONFLICT(name) DO UPDATE SET value = excluded.value;");
}

std::string add_column(const AddedColumn& column, std::string_view if_missing) {
  std::string sql = "ALTER TABLE ";
  (sql += column.table) += " ADD COLUMN ";
  (((sql += if_missing) += column.name) += ' ') += column.definition;
  return sql;
}

Result<void> add_missing_columns(PostgresConnection& connection, const RoomSchema& room) {
  for (const AddedColumn& column : room.added_columns) {
    if (auto added = connection.execute(add_column(column, "IF NOT EXISTS ")); !added) return added;
  }
  return {};
}

void add_missing_columns(SQLite::Database& database, const RoomSchema& room) {
  SQLite::Statement present(database, "SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2");
  for (const AddedColumn& column : room.added_columns) {
    present.reset();
    present.bind(1, std::string(column.table));
    present.bind(2, std::string(column.name));
    if (!present.executeStep()) database.exec(add_column(column, ""));
  }
}

Result<void> migrate(PostgresConnection& connection, Schema schema) {
  const auto found = version_in_postgres(connection);
  if (!found) return found.error();
  if (*found > schema_version) return Error{ErrorCode::unsupported, "database: " + newer_program_made_it(*found)};
  if (*found < schema_version) {
    if (auto made = make_shared_tables(connection, schema); !made) return made;
  }
  for (const RoomSchema& room : schema) {
    if (!room.prepare_postgres) continue;
    if (auto prepared = room.prepare_postgres(connection, static_cast<int>(*found)); !prepared) return prepared;
  }
  if (*found < schema_version) {
    for (const RoomSchema& room : schema) {
      if (auto added = add_missing_columns(connection, room); !added) return added;
    }
  }
  return connection.execute("COMMIT");
}

}  // namespace

Result<void> check_texts(std::span<const SqlValue> parameters) {
  for (const SqlValue& parameter : parameters) {
    const auto* text = std::get_if<std::string>(&parameter);
    if (text && (!is_utf8(*text) || text->find('\0') != text->npos))
      return Error{ErrorCode::invalid_input, "a text holds what is not UTF-8, or a NUL character"};
  }
  return {};
}

std::vector<std::string_view> shared_statements(Schema schema) {
  std::vector<std::string_view> all{server_state};
  for (const RoomSchema& room : schema) all.insert(all.end(), room.statements.begin(), room.statements.end());
  return all;
}

void prepare_sqlite_schema(SQLite::Database& database, Schema schema) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  const int found = database.execAndGet("PRAGMA user_version").getInt();
  if (found > schema_version) throw std::runtime_error(newer_program_made_it(found));
  for (const auto statement : shared_statements(schema)) database.exec(std::string(statement));
  for (const RoomSchema& room : schema) {
    if (room.prepare_sqlite) room.prepare_sqlite(database, found);
  }
  for (const RoomSchema& room : schema) add_missing_columns(database, room);
  database.exec("PRAGMA user_version = " + std::to_string(schema_version));
  transaction.commit();
}

Result<void> prepare_postgres_schema(PostgresConnection& connection, Schema schema) {
  if (auto begun = connection.execute(lock_schema); !begun) return begun;
  if (connection.server_version() < oldest_postgres) {
    return Error{ErrorCode::unsupported, "database: PostgreSQL 12 or newer is needed, and this is older"};
  }
  auto done = migrate(connection, schema);
  if (!done) (void)connection.execute("ROLLBACK");
  return done;
}

}  // namespace activitytrack::server
