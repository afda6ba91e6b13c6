#pragma once

#include "server/events/store.hpp"
#include "server/serve/settings.hpp"
#include "server/serve/storage.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>

#include <functional>

namespace activitytrack::server {

/// Serves `store` until SIGTERM or SIGINT (a second one then ends the process as usual). SIGHUP reads the settings
/// again by `read_again`; what is wrong or takes a restart is logged, and stays as it was. An error means that it could
/// not start.
Result<void> serve(const ServerSettings& settings, const std::function<Result<ServerSettings>()>& read_again,
                   Store store, PictureParts pictures, Clock& clock, Log& log);

}  // namespace activitytrack::server
