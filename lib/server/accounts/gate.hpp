#pragma once

#include "server/database/database.hpp"
#include "server/http/router.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace activitytrack::server {

/// Who may pass: finds out who asks, and whether the route lets them. Callable from any thread.
class Gate {
 public:
  virtual ~Gate() = default;

  /// Fills in request.principal, or gives the answer: 401 for who is not known, 403 for who may not, 503
  /// while the accounts cannot be read. May wait for the store unless `is_known()` holds.
  virtual std::optional<Response> refuse(const Route& route, Request& request) = 0;

  /// Whether refuse() can decide without the store, so that the network's thread may ask.
  virtual bool is_known(const Route& route, const Request& request) = 0;

  /// Told of each request with a Handler that was answered, before the answer goes out: for the audit log.
  virtual void answered(const Request& request, int status) = 0;

  // Machines are let in from memory, by what the accounts were at some version (store/accounts_version.hpp).
  // Who stores for them holds that against the store, in its transaction:
  //
  //     version = gate.version();
  //     drop (401) each batch whose request.principal.version differs and whose id is not still_good();
  //     append(batches, now, version); if it says stale: refresh(), and all of this anew.

  /// The version that what is in memory is of; nullopt where there are no accounts.
  virtual std::optional<std::int64_t> version() const = 0;

  /// Whether the machine's credential that a Principal's id names has not been revoked, as far as version()
  /// knows.
  virtual bool still_good(std::int64_t credential) const = 0;

  /// Learns what has been revoked since version(). May wait for the store.
  virtual Result<void> refresh() = 0;
};

/// Lets everyone do everything: `auth: none`, on loopback alone. Refuses the names of other sites
/// (docs/security.md), so that a page in a browser on this machine cannot ask for its reader.
std::unique_ptr<Gate> make_open_gate();

/// Asks the accounts, and keeps the audit log (auth/audit_log.hpp). Machines' credentials are kept in memory;
/// sessions and tokens are looked up each time. All are borrowed.
std::unique_ptr<Gate> make_account_gate(Database& database, Clock& clock, Log& log);

}  // namespace activitytrack::server
