#pragma once

#include "configuration.hpp"
#include "control_protocol.hpp"

namespace activitytrack::agent_app {

/// Asks the agent that runs for this buffer, and gives its answer's line. `unavailable` if none runs; the
/// message says how to start one.
Result<std::string> ask_agent(const AgentFiles& files, const ControlRequest& request);

}  // namespace activitytrack::agent_app
