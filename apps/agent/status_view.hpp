#pragma once

#include <activitytrack/core/clock.hpp>

#include <string>
#include <string_view>

namespace activitytrack::agent_app {

/// An agent's answer to `status`, as a list for a person to read.
std::string format_status(std::string_view answer, Time now);

/// Only the list's first line: "collecting, pid 7, started ...".
std::string status_headline(std::string_view answer, Time now);

/// Only what is under "status" in the answer, as it came: for `--json`.
std::string status_json(std::string_view answer);

}  // namespace activitytrack::agent_app
