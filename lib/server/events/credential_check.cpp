#include "server/events/credential_check.hpp"

#include "server/database/database.hpp"

namespace activitytrack::server {

Result<std::int64_t> read_accounts_version(Database& database) {
  return select_number(database, select_accounts_version);
}

Result<void> count_accounts_change(Database& database) {
  return database.execute(
      "INSERT INTO server_state(name, value) VALUES('accounts_version', 1)"
      " ON CONFLICT(name) DO UPDATE SET value = server_state.value + 1");
}

}  // namespace activitytrack::server
