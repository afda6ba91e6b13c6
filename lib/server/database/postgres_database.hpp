#pragma once

#include "server/database/database.hpp"

#include <memory>
#include <string>

namespace activitytrack::server {

/// A Database on a PostgreSQL session of its own, begun at its first use. A transaction is SERIALIZABLE, as
/// SQLite's are, and is run again, for up to ten seconds, when it met another. When the answer to a COMMIT is
/// lost, the error is `unavailable` and the transaction may have been kept. After an error within a
/// transaction nothing of it can be kept.
std::unique_ptr<Database> make_postgres_database(const std::string& url);

}  // namespace activitytrack::server
