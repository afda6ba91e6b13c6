#include "server/serve/storage.hpp"

#include "server/accounts/accounts_schema.hpp"
#include "server/configuration/configuration_schema.hpp"
#include "server/database/database.hpp"
#include "server/events/admission.hpp"
#include "server/events/verdict_answers.hpp"
#include "server/fleet/webhook_settings.hpp"
#include "server/maintenance/check.hpp"
#include "server/screenshots/screenshot_rows.hpp"

#include <filesystem>

namespace activitytrack::server {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view folder_scheme = "file:";
constexpr std::chrono::minutes presigned_for{15};
constexpr std::int64_t mib = std::int64_t{1} << 20;

/// A folder by its whole path, however it was named.
std::string place_of(const ServerSettings& settings) {
  if (!settings.screenshots.starts_with(folder_scheme)) return settings.screenshots;
  fs::path folder = absolute_path(settings.screenshots.substr(folder_scheme.size()));
  if (!folder.has_filename()) folder = folder.parent_path();
  return std::string(folder_scheme) + folder.string();
}

bool is_default(const ServerSettings& settings) {
  return settings.screenshots == std::string(folder_scheme) + settings.data_dir + "/screenshots";
}

Result<std::string> noted_place(Database& database) {
  const auto places = select_texts(database, "SELECT place FROM picture_place WHERE one = 1");
  if (!places) return places.error();
  return places->empty() ? "" : places->front();
}

Result<void> note_place(Database& database, const std::string& place) {
  return database.execute(
      "INSERT INTO picture_place(one, place) VALUES(1, $1) ON CONFLICT(one) DO UPDATE SET place = excluded.place",
      {place});
}

Result<std::unique_ptr<PictureStore>> open_store(const ServerSettings& settings, bool make, Clock& clock, Log& log) {
  if (settings.screenshots.starts_with(folder_scheme)) {
    const std::string folder = settings.screenshots.substr(folder_scheme.size());
    return make ? make_folder_store(folder) : open_folder_store(folder);
  }
  auto options = s3_options(settings, settings.screenshots);
  if (!options) return options.error();
  return make_bucket_store(std::move(*options),
                           settings.screenshots_presigned ? presigned_for : std::chrono::seconds(0), clock, log);
}

std::string uploads_of(const ServerSettings& settings) { return settings.data_dir + "/uploads"; }

}  // namespace

Schema server_schema() {
  static const RoomSchema rooms[] = {events_schema,
                                     {.statements = accounts_schema, .added_columns = accounts_added_columns},
                                     {.statements = configuration_schema, .added_columns = configuration_added_columns},
                                     {erasures_schema},
                                     {verdict_answers_schema},
                                     {screenshots_schema},
                                     {webhook_schema}};
  return rooms;
}

Result<Store> open_server_store(const std::string& url) {
  auto store = open_store(url, server_schema());
  if (!store) return store;
  if (auto complete = rebuild_hours_if_asked(*store->database); !complete) return complete.error();
  return store;
}

Result<PictureParts> open_pictures(Database& database, const ServerSettings& settings, Clock& clock, Log& log) {
  auto store = open_store(settings, true, clock, log);
  if (!store) return store.error();
  auto uploads = Uploads::make(uploads_of(settings));
  if (!uploads) return uploads.error();
  if (auto noted = note_place(database, place_of(settings)); !noted) return noted.error();
  return PictureParts{std::move(*store), std::move(*uploads)};
}

Result<PictureParts> open_pictures_of_server(Database& database, ServerSettings settings, Clock& clock, Log& log) {
  const auto place = noted_place(database);
  if (!place) return place.error();
  if (!place->empty()) {
    if (!is_default(settings) && place_of(settings) != *place)
      return Error{ErrorCode::invalid_input, "screenshots: the server keeps its pictures at " + *place +
                                                 ", and this names " + place_of(settings)};
    settings.screenshots = *place;
    std::error_code failed;
    const bool is_folder = place->starts_with(folder_scheme);
    if (is_folder && !fs::is_directory(place->substr(folder_scheme.size()), failed))
      return Error{ErrorCode::not_found, "screenshots: the server's folder of pictures is missing here: " + *place};
  }
  auto store = open_store(settings, false, clock, log);
  if (!store) return store.error();
  return PictureParts{std::move(*store), Uploads::open(uploads_of(settings))};
}

ScreenshotLimits screenshot_limits(const ServerSettings& settings) {
  return {.max_bytes = settings.max_screenshot_mib * mib,
          .max_bytes_a_machine = settings.screenshots_max_mib_per_machine * mib,
          .reserve_bytes = settings.screenshots_reserve_mib * mib};
}

}  // namespace activitytrack::server
