#pragma once

#include "server/maintenance/steps.hpp"
#include "server/screenshots/screenshots.hpp"

// Removing screenshots, in small steps: what is too old, what was never sent, what is being removed.

namespace activitytrack::server {

/// Removes pictures, of a machine or ("") of all: `begin` marks up to `limit` of them as going and returns how many;
/// then all that are going are removed, wherever they are; and so on until none are left, unless `pause` stops it.
Result<Removed> remove_pictures(Screenshots& screenshots, std::string_view machine_id, const Pause& pause,
                                const std::function<Result<std::int64_t>(std::size_t limit)>& begin);

/// Removes those from before `before`. Returns how many.
Result<std::int64_t> remove_old_pictures(Screenshots& screenshots, Time before, const Pause& pause);

/// Ends removals that have begun, forgets what was announced more than a week ago and never sent, and removes
/// uploads that nobody awaits.
Result<void> sweep_pictures(Screenshots& screenshots, const Pause& pause);

}  // namespace activitytrack::server
