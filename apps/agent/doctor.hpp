#pragma once

#include "configuration.hpp"

#include <activitytrack/core/clock.hpp>

#include <string>
#include <vector>

namespace activitytrack::agent_app {

/// What was looked at, and what was found; where that is not good, what to do.
struct Check {
  std::string name;
  bool ok = true;
  std::string text;
};

// Each looks at one thing, and changes nothing.

std::vector<Check> check_display();  ///< display, input devices, window manager
Check check_clock(Time now);
Check check_disk(const AgentFiles& files);
Check check_buffer(const AgentFiles& files);
std::vector<Check> check_server(const Settings& settings);       ///< server, its clock, credential
std::vector<Check> check_screenshots(const Settings& settings);  ///< screen, notifications; none if they are off
std::vector<Check> check_bucket(const Settings& settings);       ///< none if there is none
Check check_kept_screenshots(const AgentFiles& files);
Check check_agent(const AgentFiles& files);

std::string format_checks(const std::vector<Check>& checks);
std::string encode_checks(const std::vector<Check>& checks);
bool all_ok(const std::vector<Check>& checks);

}  // namespace activitytrack::agent_app
