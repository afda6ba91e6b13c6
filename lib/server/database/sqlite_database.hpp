#pragma once

#include "server/database/database.hpp"

#include <activitytrack/core/result.hpp>

#include <SQLiteCpp/SQLiteCpp.h>

#include <memory>
#include <string>

namespace activitytrack::server {

class SqliteLog;

/// A connection as this server uses it: a write is on disk when its transaction ends (unless the file system `vfs` has
/// it otherwise), and waits up to 10 s for that of another connection or program. Throws SQLite::Exception.
SQLite::Database open_for_writing(const std::string& path, const std::string& vfs = "");
SQLite::Database open_for_reading(const std::string& path);

/// A Database on a connection of its own. With `log`, what it reports as kept is so even if a sync has failed before,
/// here or in another connection to the same file that shares the log.
std::unique_ptr<Database> make_sqlite_database(SQLite::Database connection, std::shared_ptr<SqliteLog> log = nullptr);

Error store_error(const SQLite::Exception& exception);

}  // namespace activitytrack::server
