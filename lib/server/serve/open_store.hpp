#pragma once

#include "server/events/store.hpp"

namespace activitytrack::server {

/// The tables of all rooms: what every database of this server has. A new room's are named here.
Schema server_schema();

/// open_store() with these tables. What the migration of an older database left to do is done.
Result<Store> open_server_store(const std::string& url);

}  // namespace activitytrack::server
