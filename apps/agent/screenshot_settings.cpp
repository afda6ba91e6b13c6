#include "screenshot_settings.hpp"

namespace activitytrack::agent_app {

namespace {

ScreenshotMoment moment_of(const Settings& settings) {
  if (settings.screenshot_when == "random") return ScreenshotMoment::random;
  return settings.screenshot_when == "focus" ? ScreenshotMoment::focus : ScreenshotMoment::interval;
}

Obscuring obscuring_of(const Settings& settings) {
  if (!settings.screenshot_blur) return Obscuring::none;
  return settings.screenshot_blur_kind == "pixels" ? Obscuring::pixels : Obscuring::blur;
}

Subsampling subsampling_of(const Settings& settings) {
  if (settings.screenshot_subsampling == "4:4:4") return Subsampling::none;
  return settings.screenshot_subsampling == "4:2:2" ? Subsampling::half : Subsampling::quarter;
}

DevelopOptions develop_options(const Settings& settings) {
  return {.obscuring = obscuring_of(settings),
          .blur_sigma = static_cast<int>(settings.screenshot_blur_sigma),
          .pixel_block = static_cast<int>(settings.screenshot_pixel_block),
          .full_size = settings.screenshot_full_size,
          .quality = static_cast<int>(settings.screenshot_quality),
          .subsampling = subsampling_of(settings)};
}

}  // namespace

std::optional<PublicKey> receiver_key(const Settings& settings) {
  if (settings.screenshot_public_key.empty()) return std::nullopt;
  return parse_public_key(settings.screenshot_public_key).value();
}

std::string screenshot_destination(const Settings& settings) {
  return settings.s3_bucket.empty() ? settings.server_url : "the bucket " + settings.s3_bucket;
}

Result<ScreenshotOptions> screenshot_options(const Settings& settings, const AgentFiles& files) {
  ScreenshotOptions options{.on = settings.screenshots, .moment = moment_of(settings)};
  options.interval = std::chrono::minutes(settings.screenshot_interval_min);
  options.develop = develop_options(settings);
  options.each_monitor = settings.screenshot_monitors == "each";
  options.excluded_apps = settings.screenshot_excluded_apps;
  options.skip_unchanged = settings.screenshot_skip_unchanged;
  options.notify_each = settings.screenshot_notify_each;
  options.destination = screenshot_destination(settings);
  if (auto receiver = receiver_key(settings)) {
    options.seal_for = *receiver;
  } else if (options.on) {
    auto key = kept_machine_key(files.machine_key);
    if (!key) return key.error();
    options.seal_for = *key;
  }
  return options;
}

S3Options s3_options(const Settings& settings) {
  return {.bucket = settings.s3_bucket,
          .prefix = settings.s3_prefix,
          .region = settings.s3_region,
          .endpoint = settings.s3_endpoint,
          .path_style = settings.s3_path_style,
          .access_key = settings.s3_access_key,
          .secret_key = settings.s3_secret_key,
          .session_token = settings.s3_session_token,
          .profile = settings.s3_profile,
          .sse = settings.s3_sse,
          .sse_kms_key = settings.s3_sse_kms_key,
          .ca_file = settings.ca_file,
          .user_agent = "activitytrack-agent/" ACTIVITYTRACK_VERSION};
}

Result<void> check_together(const Settings& settings) {
  if (!settings.s3_seal_events || !settings.screenshot_public_key.empty()) return {};
  return Error{ErrorCode::invalid_input,
               "s3.seal_events is true, but there is no screenshots.public_key to seal for; set it "
               "(activitytrack-report keygen makes one), or s3.seal_events to false"};
}

}  // namespace activitytrack::agent_app
