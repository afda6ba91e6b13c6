#pragma once

#include "server/http/http_config.hpp"
#include "server/serve/settings.hpp"

#include <activitytrack/core/log.hpp>

namespace activitytrack::server {

/// Lets this process have as many files open as the system allows it at most.
void allow_open_files(Log& log);

/// The HTTP edge as the settings want it, with the files of TLS read. `before` is the TLS in use until now. Logs when
/// fewer connections can be had than wanted.
Result<HttpConfig> make_http_config(const ServerSettings& settings, Log& log, const TlsContext* before = nullptr);

Result<void> open_access_log(const ServerSettings& settings, HttpConfig& config, Log& log);

}  // namespace activitytrack::server
