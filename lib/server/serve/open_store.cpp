#include "server/serve/open_store.hpp"

#include "server/accounts/accounts_schema.hpp"
#include "server/database/erasures.hpp"
#include "server/maintenance/hours_rebuild.hpp"
#include "server/screenshots/schema.hpp"

namespace activitytrack::server {

Schema server_schema() {
  static const RoomSchema rooms[] = {events_schema, {accounts_schema}, {erasures_schema}, {screenshots_schema}};
  return rooms;
}

Result<Store> open_server_store(const std::string& url) {
  auto store = open_store(url, server_schema());
  if (!store) return store;
  if (auto complete = rebuild_hours_if_asked(*store->database); !complete) return complete.error();
  return store;
}

}  // namespace activitytrack::server
