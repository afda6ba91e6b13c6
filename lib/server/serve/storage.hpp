#pragma once

#include "server/events/store.hpp"
#include "server/screenshots/screenshots.hpp"
#include "server/serve/settings.hpp"

namespace activitytrack::server {

/// The tables of all rooms: what every database of this server has. Those of a new room are to be named here.
Schema server_schema();

/// open_store() with these tables. Completes what the migration of an older database left to do.
Result<Store> open_server_store(const std::string& url);

/// The parts of Screenshots that settings name.
struct PictureParts {
  std::unique_ptr<PictureStore> store;
  std::unique_ptr<Uploads> uploads;
};

/// Opens them for the server: makes folders that are missing, and notes in the database where the pictures are.
Result<PictureParts> open_pictures(Database& database, const ServerSettings& settings, Clock& clock, Log& log);

/// Opens the server's, as it noted them, for commands beside it. Makes nothing. `invalid_input` if the settings name
/// another place, `not_found` if the server's folder is missing.
Result<PictureParts> open_pictures_of_server(Database& database, ServerSettings settings, Clock& clock, Log& log);

ScreenshotLimits screenshot_limits(const ServerSettings& settings);

}  // namespace activitytrack::server
