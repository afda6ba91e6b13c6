#pragma once

#include "server/http/edge.hpp"
#include "server/serve/settings.hpp"

namespace activitytrack::server {

/// The HTTP edge as the settings want it, with the files of TLS read. `before` is the TLS in use until now.
/// Logs when fewer connections can be had than wanted.
Result<HttpConfig> make_http_config(const ServerSettings& settings, Log& log, const TlsContext* before = nullptr);

}  // namespace activitytrack::server
