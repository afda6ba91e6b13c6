#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

namespace activitytrack::server {

/// Version 1 numbered its machines and kept no hours. In the transaction that makes the tables of version 2: first the
/// old table of machines is renamed; when the new ones are there, what it held is taken over under new keys.
/// server_state then has 'hours_to_rebuild'.
void set_machines_of_version_1_aside(SQLite::Database& database);
void take_machines_of_version_1(SQLite::Database& database);

}  // namespace activitytrack::server
