#pragma once

#include "server/http/router.hpp"

#include <optional>

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
  admin,
  local_or_admin,  ///< anyone on this machine, or an admin
};

inline Access access_of(const Route& route) noexcept { return static_cast<Access>(route.access); }

/// 403 if this request's asker may not use the route; request.arguments are the route's.
std::optional<Response> refuse_access(const Route& route, const Request& request);

/// Whether the route shows what its readers are written down for (auth/audit_log.hpp).
bool shows_data(const Route& route) noexcept;

}  // namespace activitytrack::server
