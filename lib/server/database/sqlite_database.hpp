#pragma once

#include "server/database/database.hpp"

#include <activitytrack/core/result.hpp>

#include <SQLiteCpp/SQLiteCpp.h>

#include <memory>
#include <string>

namespace activitytrack::server {

/// A Database on a connection of its own.
std::unique_ptr<Database> make_sqlite_database(SQLite::Database connection);

/// A connection as this server uses it: a write is on disk when its transaction ends (unless the file system `vfs` has
/// it otherwise), and waits up to 10 s for that of another connection or program. Throws SQLite::Exception.
SQLite::Database open_for_writing(const std::string& path, const std::string& vfs = "");
SQLite::Database open_for_reading(const std::string& path);

Error store_error(const SQLite::Exception& exception);

}  // namespace activitytrack::server
