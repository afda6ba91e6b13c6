#pragma once

#include "server/database/database.hpp"

// Whether what comes of a machine may still be stored: who sends it may have been shut out, and the machine erased.

namespace activitytrack::server {

/// Machines are let in from memory, by what the accounts were at some version. What stores for them checks that again
/// in its transaction:
///
///     version = check.version();
///     drop (401) each batch that was let in at another version and whose credential is not still_good();
///     append(batches, now, version); if it says stale: refresh(), and all of this anew.
class CredentialCheck {
 public:
  virtual ~CredentialCheck() = default;

  /// The version that what is in memory is of; nullopt where there are no accounts.
  virtual std::optional<std::int64_t> version() const = 0;

  /// Whether the machine's credential that a Principal's id names has not been revoked, as far as version()
  /// knows.
  virtual bool still_good(std::int64_t credential) const = 0;

  /// Learns what has been revoked since version(). May wait for the store.
  virtual Result<void> refresh() = 0;
};

inline constexpr std::string_view select_accounts_version =
    "SELECT value FROM server_state WHERE name = 'accounts_version'";

/// Counts the changes of who may do what, in the row `accounts_version` of server_state.
inline Result<std::int64_t> read_accounts_version(Database& database) {
  return select_number(database, select_accounts_version);
}

/// To be called in the transaction of every such change.
inline Result<void> count_accounts_change(Database& database) {
  return database.execute(
      "INSERT INTO server_state(name, value) VALUES('accounts_version', 1)"
      " ON CONFLICT(name) DO UPDATE SET value = server_state.value + 1");
}

/// Machines that are being erased (maintenance/retention.hpp), which enrolment and screenshots have to know of, too.
inline constexpr std::string_view erasures_schema[] = {
    "CREATE TABLE IF NOT EXISTS erasures("
    " machine_id TEXT PRIMARY KEY,"
    " asked_at BIGINT NOT NULL"
    ")",
};

/// Whether the erasure of a machine has begun and not ended.
inline Result<bool> is_being_erased(Database& database, const std::string& machine_id) {
  return database.finds("SELECT 1 FROM erasures WHERE machine_id = $1", {machine_id});
}

}  // namespace activitytrack::server
