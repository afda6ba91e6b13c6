#pragma once

#include "server/database/database.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <memory>

namespace activitytrack::server {

/// A Database on a connection of its own.
std::unique_ptr<Database> make_sqlite_database(SQLite::Database connection);

}  // namespace activitytrack::server
