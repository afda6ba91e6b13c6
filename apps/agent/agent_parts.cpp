#include "agent_parts.hpp"

#include "config/settings_table.hpp"
#include "core/file.hpp"
#include "core/text.hpp"

#include <activitytrack/input/classifier.hpp>

#include <cstdlib>
#include <type_traits>

namespace activitytrack::agent_app {
namespace {

constexpr const char* user_agent = "activitytrack-agent/" ACTIVITYTRACK_VERSION;

/// The enumerator that a word of a setting stands for, `last` being that of the last word. Only for settings that
/// passed their checks: any other word throws.
template <auto last, const auto& words>
auto enum_of(std::string_view word) {
  static_assert(words.size() == static_cast<std::size_t>(last) + 1, "a word for each enumerator");
  return parse_enum<std::remove_const_t<decltype(last)>>(words, word).value();
}

DevelopOptions::Obscuring obscuring_of(const Settings& settings) {
  if (!settings.screenshot_blur) return DevelopOptions::Obscuring::none;
  return enum_of<DevelopOptions::Obscuring::pixels, blur_kind_words>(settings.screenshot_blur_kind);
}

DevelopOptions develop_options(const Settings& settings) {
  return {
      .obscuring = obscuring_of(settings),
      .blur_sigma = static_cast<int>(settings.screenshot_blur_sigma),
      .pixel_block = static_cast<int>(settings.screenshot_pixel_block),
      .full_size = settings.screenshot_full_size,
      .quality = static_cast<int>(settings.screenshot_quality),
      .subsampling = enum_of<DevelopOptions::Subsampling::quarter, subsampling_words>(settings.screenshot_subsampling)};
}

/// Whose key screenshots are sealed for; nullopt if nobody's. Only for settings that passed their checks.
std::optional<PublicKey> receiver_key(const Settings& settings) {
  if (settings.screenshot_public_key.empty()) return std::nullopt;
  return parse_public_key(settings.screenshot_public_key).value();
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value && *value;
}

/// Of this boot of the machine; "" where the kernel does not say.
std::string boot_id() {
  auto id = read_file_start("/proc/sys/kernel/random/boot_id", 64);
  if (id && id->ends_with('\n')) id->pop_back();
  return id.value_or("");
}

/// Null without logind: a sleep of the machine is then seen only after it.
std::unique_ptr<SleepSource> open_sleep_source(Log& log) {
  auto source = make_sleep_source();
  if (source) return std::move(*source);
  log.debug("a sleep of the machine is seen only after it", {{"error", source.error().message}});
  return nullptr;
}

}  // namespace

HttpSenderOptions server_options(const Settings& settings) {
  return {.server_url = settings.server_url,
          .credential = settings.credential,
          .ca_file = settings.ca_file,
          .user_agent = user_agent};
}

Result<AgentOptions::Screenshots> screenshot_options(const Settings& settings, const AgentFiles& files) {
  AgentOptions::Screenshots options{
      .on = settings.screenshots,
      .moment = enum_of<AgentOptions::Screenshots::Moment::focus, screenshot_when_words>(settings.screenshot_when)};
  options.interval = std::chrono::minutes(settings.screenshot_interval_min);
  options.develop = develop_options(settings);
  options.each_monitor = settings.screenshot_monitors == "each";
  options.excluded_apps = settings.screenshot_excluded_apps;
  options.skip_unchanged = settings.screenshot_skip_unchanged;
  options.notify_each = settings.screenshot_notify_each;
  options.destination = settings.s3_bucket.empty() ? settings.server_url : "the bucket " + settings.s3_bucket;
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
          .user_agent = user_agent};
}

bool has_display() { return is_set("DISPLAY"); }

bool is_wayland_session() {
  const char* type = std::getenv("XDG_SESSION_TYPE");
  return is_set("WAYLAND_DISPLAY") || (type && std::string_view(type) == "wayland");
}

Result<std::string> own_machine_id(const Settings& settings) {
  if (!settings.machine_id.empty()) return settings.machine_id;
  return kept_machine_id(std::filesystem::path(settings.buffer_path).parent_path().string());
}

Result<std::string> present_machine_id(const Settings& settings) {
  std::error_code ignored;
  const auto kept = std::filesystem::path(settings.buffer_path).parent_path() / "machine_id";
  if (settings.machine_id.empty() && !std::filesystem::exists(kept, ignored)) return std::string();
  return own_machine_id(settings);
}

AgentOptions agent_options(const Settings& settings) {
  AgentOptions options;
  options.sampler.machine_id = settings.machine_id;
  options.sampler.interval = std::chrono::seconds(settings.collect_interval_sec);
  options.sampler.idle_after = std::chrono::seconds(settings.idle_after_sec);
  options.sampler.window_titles = settings.window_titles;
  options.sampler.system_stats = settings.track_system_stats;
  options.sampler.input_measures = settings.input_measures;
  options.send_interval = std::chrono::seconds(settings.send_interval_sec);
  options.version = ACTIVITYTRACK_VERSION;
  return options;
}

Result<AgentParts> local_parts(const Settings& settings, const AgentFiles& files, Log& log) {
  AgentParts parts;
  // Also without a display: what cannot be seen is not idleness, and opening it says why.
  parts.open_input = [] { return make_input_source(""); };
  parts.open_focus = [] { return make_focus_source(""); };
  parts.open_lock = [] { return make_lock_source(""); };
  if (has_display()) {
    parts.screenshots.open_screen = [&log] { return make_screen_source("", log); };
    parts.screenshots.make_notifier = make_desktop_notifier;
  }
  const char* home = std::getenv("HOME");
  parts.classifier = settings.judge_behaviour ? make_behaviour_classifier() : make_device_classifier();
  parts.system = make_system_stats(home && *home ? home : "/");
  parts.zone = make_system_time_zone();
  parts.sleep = open_sleep_source(log);
  parts.boot = {boot_id(), files.boot.string()};
  auto buffer = make_folder_screenshot_buffer(files.screenshots, system_clock(), log, screenshot_bounds(settings));
  if (!buffer) return buffer.error();
  parts.screenshots.buffer = std::move(*buffer);
  parts.screenshots.machine_key = [file = files.machine_key] { return read_machine_key(file); };
  return parts;
}

Result<std::unique_ptr<Sender>> open_sender(const Settings& settings, Log& log) {
  if (!settings.server_url.empty()) return make_http_sender(server_options(settings));
  if (settings.s3_bucket.empty()) return nullptr;
  return make_s3_sender(s3_options(settings), settings.s3_seal_events ? receiver_key(settings) : std::nullopt, log);
}

Result<std::unique_ptr<ScreenshotSender>> open_screenshot_sender(const Settings& settings, Log& log) {
  if (!settings.s3_bucket.empty()) return make_s3_screenshot_sender(s3_options(settings), log);
  if (settings.server_url.empty()) return nullptr;
  return make_http_screenshot_sender(server_options(settings));
}

BufferBounds event_bounds(const Settings& settings) {
  return {std::chrono::days(settings.buffer_max_age_days), settings.buffer_max_mib << 20};
}

BufferBounds screenshot_bounds(const Settings& settings) {
  return {std::chrono::days(settings.buffer_max_age_days), settings.screenshot_buffer_max_mib << 20};
}

Result<HttpResponse> ask_server(const Settings& settings, HttpRequest request, std::string_view path) {
  while (request.url.target.ends_with('/')) request.url.target.pop_back();
  request.url.target += path;
  HttpClientOptions options;
  options.user_agent = user_agent;
  options.ca_file = settings.ca_file;
  HttpClient client(std::move(options));
  if (auto prepared = client.prepare(request.url); !prepared) return prepared.error();
  return client.send(request);
}

}  // namespace activitytrack::agent_app
