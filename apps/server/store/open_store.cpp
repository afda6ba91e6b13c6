#include "store/store.hpp"

namespace activitytrack::server {

Result<Store> open_store(const std::string& url) {
  constexpr std::string_view sqlite = "sqlite:";
  if (url.starts_with(sqlite)) return open_sqlite_store(url.substr(sqlite.size()));
  return Error{ErrorCode::unsupported, "database: the URL must begin with sqlite:"};
}

}  // namespace activitytrack::server
