#pragma once

#include "server/database/database.hpp"
#include "server/demo/day_plan.hpp"
#include "server/screenshots/picture_store.hpp"
#include "server/screenshots/uploads.hpp"

#include <activitytrack/seal/seal.hpp>

#include <vector>

namespace activitytrack::server {

/// Where the demo puts pictures; all are borrowed.
struct DemoGallery {
  Database& database;
  PictureStore& pictures;
  Uploads& uploads;
  PublicKey key{};  ///< what is sealed is sealed for it
};

/// Stores the pictures of a planned day that were taken before `until`. Returns how many.
Result<std::int64_t> add_demo_pictures(const DemoGallery& gallery, const DemoMachine& machine, const DemoTimes& times,
                                       const std::vector<Stretch>& day, Time until);

}  // namespace activitytrack::server
