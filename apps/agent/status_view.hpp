#pragma once

#include <activitytrack/core/clock.hpp>

#include <map>
#include <string>
#include <string_view>

namespace activitytrack::agent_app {

/// An agent's answer to `status`, as a list for a person to read.
std::string format_status(std::string_view answer, Time now);

/// Only the list's first line: "collecting, pid 7, started ...".
std::string status_headline(std::string_view answer, Time now);

/// Where the value of each setting comes from, by its key; empty if the agent does not say.
std::map<std::string, std::string> status_origins(std::string_view answer);

/// What the server set, in one line.
struct ServerSettings {
  std::string text;
  bool may_loosen = false;
  bool is_wrong = false;  ///< something is not in force, or the person could not be told; the text says what to do
};
ServerSettings status_server_settings(std::string_view answer);

/// Whether a machine's own configuration lets its server loosen settings, in words.
std::string_view loosening_text(bool may_loosen);

/// Only what is under "status" in the answer, as it came: for `--json`.
std::string status_json(std::string_view answer);

}  // namespace activitytrack::agent_app
