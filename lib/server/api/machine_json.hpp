#pragma once

#include "server/events/store.hpp"

#include <string>

namespace activitytrack::server {

/// A machine as the API shows it.
void append_machine_json(std::string& out, const Machine& machine, Time now);

}  // namespace activitytrack::server
