#pragma once

#include "server/database/database.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace activitytrack::server {

/// A Database on a PostgreSQL session of its own, begun at its first use. A transaction is SERIALIZABLE, as
/// SQLite's are, and is run again, for up to ten seconds, when it met another. When the answer to a COMMIT is
/// lost, the error is `unavailable` and the transaction may have been kept. After an error within a
/// transaction nothing of it can be kept.
std::unique_ptr<Database> make_postgres_database(const std::string& url);

/// "postgresql://..." or "postgres://...".
constexpr bool is_postgres_url(std::string_view url) noexcept {
  return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

/// Whether libpq can read it. The error repeats nothing of the URL, which may hold a password.
Result<void> check_postgres_url(std::string_view url);

}  // namespace activitytrack::server
