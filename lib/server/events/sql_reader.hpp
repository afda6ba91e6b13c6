#pragma once

#include "server/events/store.hpp"

namespace activitytrack::server {

/// Reads the tables that both databases have.
std::unique_ptr<StoreReader> make_sql_reader(std::unique_ptr<Database> database);

}  // namespace activitytrack::server
