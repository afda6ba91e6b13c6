#include "screenshots/open_pictures.hpp"

namespace activitytrack::server {
namespace {

constexpr std::string_view folder_scheme = "file:";
constexpr std::chrono::minutes presigned_for{15};
constexpr std::int64_t mib = std::int64_t{1} << 20;

Result<std::unique_ptr<PictureStore>> open_store(const ServerSettings& settings, Clock& clock, Log& log) {
  if (settings.screenshots.starts_with(folder_scheme))
    return make_folder_store(settings.screenshots.substr(folder_scheme.size()));
  auto options = s3_options(settings, settings.screenshots);
  if (!options) return options.error();
  return make_bucket_store(std::move(*options),
                           settings.screenshots_presigned ? presigned_for : std::chrono::seconds(0), clock,
                           log);
}

}  // namespace

Result<PictureParts> open_pictures(const ServerSettings& settings, Clock& clock, Log& log) {
  auto store = open_store(settings, clock, log);
  if (!store) return store.error();
  auto uploads = Uploads::make(settings.data_dir + "/uploads");
  if (!uploads) return uploads.error();
  return PictureParts{std::move(*store), std::move(*uploads)};
}

ScreenshotLimits screenshot_limits(const ServerSettings& settings) {
  return {.max_bytes = settings.max_screenshot_mib * mib,
          .max_bytes_a_machine = settings.screenshots_max_mib_per_machine * mib};
}

}  // namespace activitytrack::server
