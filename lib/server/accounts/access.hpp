#pragma once

#include "server/accounts/secret_token.hpp"
#include "server/database/database.hpp"
#include "server/events/admission.hpp"
#include "server/http/router.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

// The asker of a request, and what they may do.

namespace activitytrack::server {

/// Who may use a route. Checked before its handler runs; what depends on the body is the handler's to check.
enum class Access {
  anyone,             ///< without saying who they are
  machine,            ///< an agent, by its credential
  enrolment,          ///< who holds an enrolment token
  person,             ///< anyone signed in; the handler shows what they may see
  read_machine,       ///< who may read the machine that the first `{...}` names
  configure_machine,  ///< who may configure it
  erase_machine,      ///< who may have its data erased or exported
  own_machine,        ///< the person whose machine it is, and nobody else
  admin,
  signed_in,        ///< a person by their session, and by no token
  admin_signed_in,  ///< an admin by their session
  monitoring,       ///< anyone on this machine, an admin, or who does nothing but monitor
};
Access access_of(const Route& route) noexcept;

/// What a person may do. See docs/security.md.
enum class Role {
  self,     ///< reads their own machine, may ask for its export and its erasure
  viewer,   ///< reads the machines given to them
  manager,  ///< reads and configures these
  admin,    ///< everything
  monitor,  ///< reads /metrics, and nothing else
};
std::string_view to_string(Role role) noexcept;
std::optional<Role> parse_role(std::string_view word) noexcept;

/// The asker of a request, as authentication found out.
struct Principal {
  enum class Kind {
    nobody,
    machine,    ///< an agent with its credential, which is good for its own machine_id only
    enrolment,  ///< who holds an enrolment token: may trade it for a credential, nothing else
    person,     ///< signed in, or by a token of theirs
  };

  Kind kind = Kind::nobody;
  std::string name{};      ///< the machine's id, the person's name: who the audit log says it was
  Role role = Role::self;  ///< of a person
  std::set<std::string, std::less<>> machines{};  ///< a person's, unless admin
  std::int64_t id = 0;                            ///< of the row it came from: the credential, the token, the user
  std::int64_t version = 0;  ///< of a machine: that of the accounts by which it was let in (CredentialCheck::version)
  bool reads_only = false;   ///< of a person's token: changes are refused
  std::int64_t session = 0;  ///< of a person: by which they came; 0: by none
  Maker maker{};             ///< of a person: of what they make
  bool is_anyone = false;    ///< see anyone()

  /// Somebody who uses the API, whatever their role lets them see.
  bool is_user() const { return kind == Kind::person && role != Role::monitor; }
  bool is_admin() const { return kind == Kind::person && role == Role::admin; }
  bool may_read(std::string_view machine) const { return is_admin() || (is_user() && machines.contains(machine)); }
  bool may_configure(std::string_view machine) const {
    return is_admin() || (role == Role::manager && may_read(machine));
  }
  /// And export.
  bool may_erase(std::string_view machine) const { return is_admin() || (role == Role::self && may_read(machine)); }
  /// Whether it is theirs, and not one that they look after.
  bool owns(std::string_view machine) const { return role == Role::self && may_read(machine); }
  /// Events.
  bool may_send(std::string_view machine) const { return is_anyone || (kind == Kind::machine && name == machine); }

  /// The asker of a server that runs with `auth: none`, on loopback only: admin, and any machine.
  static Principal anyone() { return {.kind = Kind::person, .name = "anyone", .role = Role::admin, .is_anyone = true}; }
};
std::string_view to_string(Principal::Kind kind) noexcept;

/// The asker, as the gate found out; nobody before that.
const Principal& asker(const Request& request) noexcept;

/// `unauthorized` if the session or token that they came by has ended, or they have another role, since the gate let
/// them in: what was ended changes nothing from then on. Within the transaction of their change.
Result<void> need_still_known(Database& database, const Principal& who);

/// 403 if this request's asker may not use the route; request.arguments are the route's.
std::optional<Response> refuse_access(const Route& route, const Request& request);

/// Whether the readers of what the route shows are written down (AuditLog).
bool shows_data(const Route& route) noexcept;

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
