#pragma once

#include "server/maintenance/erasure.hpp"
#include "server/screenshots/screenshots.hpp"

namespace activitytrack::server {

// The care of screenshots, in small steps: what is too old, what was never sent, what is being removed.

/// Removes all of a machine's that is being erased, wherever they are. False if some stay for now: it was told to
/// stop, another removes them, or they may still come by addresses that were given out.
Result<bool> erase_pictures(Screenshots& screenshots, const std::string& machine_id, const Pause& pause);

/// Removes those from before `before`. Gives how many.
Result<std::int64_t> remove_old_pictures(Screenshots& screenshots, Time before, const Pause& pause);

/// Ends removals that have begun, forgets what was announced more than a week ago and never sent, and removes
/// uploads that nobody awaits.
Result<void> sweep_pictures(Screenshots& screenshots, const Pause& pause);

/// How the rows and the store of pictures agree.
struct PicturesCheck {
  std::int64_t pictures = 0;                                 ///< that are stored
  std::vector<std::string> missing{}, damaged{}, unknown{};  ///< paths; of what is damaged the size is not the row's

  bool is_good() const { return missing.empty() && damaged.empty() && unknown.empty(); }
};
Result<PicturesCheck> check_pictures(Database& database, PictureStore& pictures);

}  // namespace activitytrack::server
