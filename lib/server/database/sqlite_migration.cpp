#include "server/database/sqlite_migration.hpp"

#include "server/events/machine_key.hpp"

namespace activitytrack::server {

void set_machines_of_version_1_aside(SQLite::Database& database) {
  database.exec("ALTER TABLE machines RENAME TO machines_1");
}

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

}  // namespace activitytrack::server
