#pragma once

#include "server/events/store.hpp"

#include <string>

namespace activitytrack::server {

/// The writer of open_sqlite_store(), on a connection of its own. Throws SQLite::Exception if the file cannot be
/// opened; prepares the schema, and so comes before the other parts.
std::unique_ptr<StoreWriter> make_sqlite_writer(const std::string& path);

}  // namespace activitytrack::server
