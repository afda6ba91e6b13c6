#include "server/events/postgres_schema.hpp"

#include "server/database/schema.hpp"
#include "server/events/event_row.hpp"
#include "server/events/postgres_columns.hpp"

#include <set>

namespace activitytrack::server {
namespace {

constexpr int oldest_postgres = 120000;

constexpr const char* begin = "BEGIN; SELECT pg_advisory_xact_lock(7166182947261140)";  // any number, the same for all

constexpr const char* create_machines =
    "CREATE TABLE IF NOT EXISTS machines("
    " id BIGINT PRIMARY KEY,"
    " machine_id TEXT COLLATE \"C\" NOT NULL,"
    " first_seen BIGINT NOT NULL,"
    " last_seen BIGINT NOT NULL,"
    " user_label TEXT,"
    " timezone TEXT NOT NULL DEFAULT '',"
    " timezone_at BIGINT NOT NULL DEFAULT 0,"  // timestamp of the event that timezone is from
    " agent_version TEXT, collect_interval_sec BIGINT, send_interval_sec BIGINT, capture TEXT,"
    " latest_event BIGINT NOT NULL DEFAULT 0, latest_is_idle BIGINT NOT NULL DEFAULT 0"
    ") WITH (fillfactor = 66);"
    "CREATE INDEX IF NOT EXISTS machines_by_machine_id ON machines(machine_id);";

constexpr const char* create_hours =
    "CREATE TABLE IF NOT EXISTS hours("
    " machine BIGINT NOT NULL,"
    " start BIGINT NOT NULL,"
    " offset_min SMALLINT NOT NULL,"
    " totals BYTEA NOT NULL,"
    " PRIMARY KEY(machine, start, offset_min)"
    ") WITH (fillfactor = 66);"
    // Packed already, and never out of line: an attempt to compress it would be made at each update.
    "ALTER TABLE hours ALTER COLUMN totals SET STORAGE PLAIN;";

std::string create_events() {
  return "CREATE TABLE IF NOT EXISTS events(machine BIGINT NOT NULL, " + postgres_event_columns() +
         ", PRIMARY KEY(machine, timestamp)) PARTITION BY RANGE (timestamp);"
         "CREATE TABLE IF NOT EXISTS events_other PARTITION OF events DEFAULT;";
}

// The row of accounts_version is what append() holds still (postgres_writer.cpp): it has to be there.
std::string create_all() {
  std::string sql;
  for (const auto statement : shared_schema()) (sql += statement) += ";";
  sql += create_machines + create_events() + create_hours;
  sql +=
      "INSERT INTO server_state(name, value) VALUES('accounts_version', 0) ON CONFLICT(name) DO NOTHING;"
      "INSERT INTO server_state(name, value) VALUES('schema_version', " +
      std::to_string(schema_version) + ") ON CONFLICT(name) DO UPDATE SET value = excluded.value;";
  return sql;
}

Result<std::int64_t> found_version(PostgresConnection& connection) {
  const PostgresParameters none;
  const auto table = connection.run({{"SELECT to_regclass('server_state') IS NOT NULL", none}});
  if (!table) return table.error().error;
  if (PostgresRow(table->front().get(), 0).integer(0) == 0) return 0;
  const auto rows = connection.run({{"SELECT value FROM server_state WHERE name = 'schema_version'", none}});
  if (!rows) return rows.error().error;
  std::int64_t version = 0;
  for_each_row(rows->front(), [&](const PostgresRow& row) { version = row.integer(0); });
  return version;
}

Result<void> add_missing_columns(PostgresConnection& connection) {
  const auto rows =
      connection.run({{"SELECT attname::text FROM pg_attribute WHERE attrelid = 'events'::regclass"
                       " AND attnum > 0 AND NOT attisdropped",
                       PostgresParameters()}});
  if (!rows) return rows.error().error;
  std::set<std::string, std::less<>> present;
  for_each_row(rows->front(), [&](const PostgresRow& row) { present.emplace(row.text(0)); });
  std::string missing;
  for (const EventField* field : stored_fields()) {
    if (present.contains(field->name)) continue;
    missing += (missing.empty() ? "" : ", ") + ("ADD COLUMN " + std::string(field->name) + ' ') +
               std::string(postgres_column_type(*field));
  }
  return missing.empty() ? Result<void>() : connection.execute("ALTER TABLE events " + missing);
}

Result<void> migrate(PostgresConnection& connection) {
  const auto found = found_version(connection);
  if (!found) return found.error();
  if (*found > schema_version) {
    return Error{ErrorCode::unsupported, "database: its schema has version " + std::to_string(*found) +
                                             ", and this program knows up to " + std::to_string(schema_version) +
                                             ": run a newer activitytrack-server"};
  }
  if (*found < schema_version) {
    if (auto made = connection.execute(create_all()); !made) return made;
  }
  if (auto added = add_missing_columns(connection); !added) return added;
  return connection.execute("COMMIT");
}

}  // namespace

Result<void> prepare_postgres_schema(PostgresConnection& connection) {
  if (auto begun = connection.execute(begin); !begun) return begun;
  if (connection.server_version() < oldest_postgres) {
    return Error{ErrorCode::unsupported, "database: PostgreSQL 12 or newer is needed, and this is older"};
  }
  auto done = migrate(connection);
  if (!done) (void)connection.execute("ROLLBACK");
  return done;
}

}  // namespace activitytrack::server
