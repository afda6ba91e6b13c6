#pragma once

#include "server/database/database.hpp"
#include "server/events/credential_check.hpp"
#include "server/http/router.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>

#include <memory>

namespace activitytrack::server {

/// Finds out who asks (asker()), and whether the route lets them; and, for Ingest, whether they are still let in.
/// Callable from any thread.
class Gate : public AccessControl, public CredentialCheck {};

/// Lets everyone do everything: `auth: none`, on loopback only. Refuses the names of other sites (docs/security.md), so
/// that a page in a browser on this machine cannot ask for its reader.
std::unique_ptr<Gate> make_open_gate();

/// Asks the accounts, and keeps the audit log (AuditLog). Machines' credentials are kept in memory; sessions and tokens
/// are looked up each time. All are borrowed.
std::unique_ptr<Gate> make_account_gate(Database& database, Clock& clock, Log& log);

}  // namespace activitytrack::server
