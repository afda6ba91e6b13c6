#pragma once

#include "server/database/database.hpp"
#include "server/serve/settings.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::server {

/// Prints, on standard output, a link that makes the first user of a server that has none yet. `address` is
/// where it listens.
Result<void> offer_setup(const ServerSettings& settings, std::string_view address, Database& database, Clock& clock);

}  // namespace activitytrack::server
