#include "server/events/postgres_store.hpp"
#include "server/events/store.hpp"

namespace activitytrack::server {

Result<Store> open_store(const std::string& url) {
  constexpr std::string_view sqlite = "sqlite:";
  if (url.starts_with(sqlite)) return open_sqlite_store(url.substr(sqlite.size()));
  if (is_postgres_url(url)) return open_postgres_store(url);
  return Error{ErrorCode::unsupported, "database: the URL must begin with sqlite: or postgresql:"};
}

}  // namespace activitytrack::server
