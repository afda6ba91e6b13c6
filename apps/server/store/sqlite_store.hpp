#pragma once

#include "store/store.hpp"

#include <string>

namespace activitytrack::server {

/// The halves of open_sqlite_store(), each on a connection of its own. They throw SQLite::Exception if the
/// file cannot be opened; the writer prepares the schema and so comes first.
std::unique_ptr<StoreWriter> make_sqlite_writer(const std::string& path);
std::unique_ptr<StoreReader> make_sqlite_reader(const std::string& path);

}  // namespace activitytrack::server
