#pragma once

#include "commands.hpp"
#include "server/configuration/editing.hpp"

// What the commands about the configuration share.

namespace activitytrack::server {

/// Of a version that the user of this machine makes, with the --note.
VersionInfo info_of(const Options& options, Time now);

/// All machines, with what their agents said of the configuration, as it is written down.
Result<Fleet> fleet_of(Store& store);

}  // namespace activitytrack::server
