#pragma once

#include "configuration.hpp"

#include <activitytrack/agent/agent.hpp>
#include <activitytrack/s3/s3_options.hpp>

namespace activitytrack::agent_app {

// What the settings say of screenshots and of the bucket, as the library wants to hear it.

/// Whose key screenshots are sealed for; nullopt if nobody's. Settings that passed their checks alone.
std::optional<PublicKey> receiver_key(const Settings& settings);

/// Where screenshots go, for a person: "" if nowhere.
std::string screenshot_destination(const Settings& settings);

/// Makes this machine's key if screenshots are on, are not sealed for a receiver, and there is none yet.
/// Fails if that cannot be read or made.
Result<ScreenshotOptions> screenshot_options(const Settings& settings, const AgentFiles& files);

S3Options s3_options(const Settings& settings);

/// Whether settings fit together; the error names the key, and what to do.
Result<void> check_together(const Settings& settings);

}  // namespace activitytrack::agent_app
