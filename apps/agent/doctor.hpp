#pragma once

#include "commands.hpp"
#include "configuration.hpp"

#include <activitytrack/core/clock.hpp>

#include <string>
#include <vector>

namespace activitytrack::agent_app {

enum class Finding {
  ok,
  note,       ///< nothing is wrong, and something is worth knowing
  wrong,      ///< the text says what to do
  unchecked,  ///< it depends on something that is wrong
};

/// What was looked at, and what was found.
struct Check {
  std::string name;
  Finding finding = Finding::ok;
  std::string text;

  bool is_fine() const { return finding == Finding::ok || finding == Finding::note; }
};

// Each looks at one thing, and changes nothing on this machine. check_server() asks with the credential, which is a use
// of it: if it is a new one that has not been used yet, the one before it ends.

std::vector<Check> check_display();  ///< display, input devices, window manager
Check check_clock(Time now);
Check check_disk(const AgentFiles& files);
Check check_buffer(const AgentFiles& files);
Check check_machine(const Settings& settings);
std::vector<Check> check_server(const Settings& settings);       ///< server, its clock, credential
std::vector<Check> check_screenshots(const Settings& settings);  ///< screen, notifications; none if they are off
std::vector<Check> check_bucket(const Settings& settings);       ///< none if there is none
Check check_kept_screenshots(const AgentFiles& files);
Check check_agent(const Result<std::string>& answer);  ///< of ask_agent()
/// Where settings come from that are not defaults: by the agent's answer if one runs, else as it would start now.
Check check_origins(const Configuration& configuration, const Options& options, const Result<std::string>& answer);
Check check_server_settings(const Result<std::string>& answer);

std::string format_checks(const std::vector<Check>& checks);
std::string encode_checks(const std::vector<Check>& checks);
bool all_fine(const std::vector<Check>& checks);

}  // namespace activitytrack::agent_app
