#pragma once

#include "server/maintenance/steps.hpp"
#include "server/screenshots/screenshots.hpp"

// Removing screenshots, in small steps: what is too old, what was never sent, what is being removed.

namespace activitytrack::server {

/// Removes pictures, of a machine or ("") of all: `begin` begins with up to `limit` of them and returns with how many;
/// then what is going goes, wherever it is; and so on until there are none. More are left only if it was told to stop.
Result<Removed> remove_pictures(Screenshots& screenshots, std::string_view machine_id, const Pause& pause,
                                const std::function<Result<std::int64_t>(std::size_t limit)>& begin);

/// Removes those from before `before`. Returns how many.
Result<std::int64_t> remove_old_pictures(Screenshots& screenshots, Time before, const Pause& pause);

/// Ends removals that have begun, forgets what was announced more than a week ago and never sent, and removes
/// uploads that nobody awaits.
Result<void> sweep_pictures(Screenshots& screenshots, const Pause& pause);

}  // namespace activitytrack::server
