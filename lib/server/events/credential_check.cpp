#include "server/events/credential_check.hpp"

#include "server/database/database.hpp"

namespace activitytrack::server {

Result<std::int64_t> read_accounts_version(Database& database) {
  std::int64_t version = 0;
  const auto read = database.run(select_accounts_version, {}, [&](const SqlRow& row) { version = row.integer(0); });
  if (!read) return read.error();
  return version;
}

Result<void> count_accounts_change(Database& database) {
  const auto counted = database.run(
      "INSERT INTO server_state(name, value) VALUES('accounts_version', 1)"
      " ON CONFLICT(name) DO UPDATE SET value = server_state.value + 1");
  if (!counted) return counted.error();
  return {};
}

}  // namespace activitytrack::server
