#pragma once

#include "server/events/store.hpp"
#include "server/serve/open_pictures.hpp"
#include "server/serve/settings.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>

#include <functional>

namespace activitytrack::server {

/// Serves `store` on every address of the settings, until SIGTERM or SIGINT. SIGHUP reads the settings again
/// by `read_again`; what is wrong or takes a restart is logged, and stays as it was. Three threads: the
/// caller's for the network, the writer of Ingest, a worker for reads and long bodies.
///
/// Stops in this order: accept no more; close idle connections and finish requests under way (5 s); end
/// the worker; store what is queued; close the store. An error means that it could not start.
Result<void> serve(const ServerSettings& settings, const std::function<Result<ServerSettings>()>& read_again,
                   Store store, PictureParts pictures, Clock& clock, Log& log);

}  // namespace activitytrack::server
