#pragma once

#include "server/screenshots/screenshots.hpp"
#include "server/serve/settings.hpp"

namespace activitytrack::server {

/// The parts of Screenshots that settings name.
struct PictureParts {
  std::unique_ptr<PictureStore> store;
  std::unique_ptr<Uploads> uploads;
};

/// For the server: makes folders that are missing, and notes in the database where the pictures are.
Result<PictureParts> open_pictures(Database& database, const ServerSettings& settings, Clock& clock, Log& log);

/// For commands beside it: the server's, as noted. `invalid_input` if the settings name another place, `not_found`
/// if the server's folder is missing. Makes nothing.
Result<PictureParts> open_pictures_of_server(Database& database, ServerSettings settings, Clock& clock, Log& log);

ScreenshotLimits screenshot_limits(const ServerSettings& settings);

}  // namespace activitytrack::server
