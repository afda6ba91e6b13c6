#pragma once

#include "screenshots/screenshots.hpp"
#include "settings.hpp"

namespace activitytrack::server {

/// The parts of Screenshots that settings name, for the server and for commands beside it.
struct PictureParts {
  std::unique_ptr<PictureStore> store;
  std::unique_ptr<Uploads> uploads;
};
Result<PictureParts> open_pictures(const ServerSettings& settings, Clock& clock, Log& log);

ScreenshotLimits screenshot_limits(const ServerSettings& settings);

}  // namespace activitytrack::server
