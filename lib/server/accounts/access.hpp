#pragma once

#include "server/http/router.hpp"

#include <optional>

namespace activitytrack::server {

/// 403 if this request's principal may not use the route; request.arguments are the route's.
std::optional<Response> refuse_access(const Route& route, const Request& request);

/// Whether the route shows what its readers are written down for (auth/audit_log.hpp).
bool shows_data(const Route& route) noexcept;

}  // namespace activitytrack::server
