#pragma once

#include "screenshot_settings.hpp"

#include <activitytrack/agent/agent.hpp>

namespace activitytrack::agent_app {

bool has_display();

/// All but those of screenshots.
AgentOptions agent_options(const Settings& settings);

/// What stands on this machine itself: all but the buffer of events and the senders. `log` is borrowed.
Result<AgentParts> local_parts(const Settings& settings, const AgentFiles& files, Log& log);

/// Of events: to the server, without one to the bucket, without that none. `log` is borrowed.
Result<std::shared_ptr<Sender>> open_sender(const Settings& settings, Log& log);

/// Of screenshots: to the bucket, without one to the server, without that none.
Result<std::shared_ptr<ScreenshotSender>> open_screenshot_sender(const Settings& settings, Log& log);

/// How long what could not be sent is kept, and how much of it.
std::chrono::hours max_age(const Settings& settings);
std::int64_t max_bytes(const Settings& settings);
std::int64_t max_screenshot_bytes(const Settings& settings);

}  // namespace activitytrack::agent_app
