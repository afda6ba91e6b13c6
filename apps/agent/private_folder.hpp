#pragma once

#include <activitytrack/core/result.hpp>

#include <filesystem>

namespace activitytrack::agent_app {

/// Makes `folder` (not its parents) for its owner alone. One that is there must not be open to others'
/// writing: `permission` if it is a link, another user's, or writable by others.
Result<void> ensure_private_folder(const std::filesystem::path& folder);

}  // namespace activitytrack::agent_app
