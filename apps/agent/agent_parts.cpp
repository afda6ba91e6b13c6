#include "agent_parts.hpp"

#include <activitytrack/input/classifier.hpp>
#include <activitytrack/sender/sender.hpp>

#include <cstdlib>

namespace activitytrack::agent_app {

namespace {

HttpSenderOptions server_options(const Settings& settings) {
  return {.server_url = settings.server_url,
          .credential = settings.credential,
          .ca_file = settings.ca_file,
          .user_agent = "activitytrack-agent/" ACTIVITYTRACK_VERSION};
}

template <class To, class From>
Result<std::shared_ptr<To>> shared(Result<std::unique_ptr<From>> made) {
  if (!made) return made.error();
  return std::shared_ptr<To>(std::move(*made));
}

}  // namespace

bool has_display() {
  const char* display = std::getenv("DISPLAY");
  return display && *display;
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
  if (has_display()) {
    parts.open_input = [] { return make_input_source(""); };
    parts.open_focus = [] { return make_focus_source(""); };
    parts.open_lock = [] { return make_lock_source(""); };
    parts.screenshots.open_screen = [&log] { return make_screen_source("", log); };
    parts.screenshots.make_notifier = make_desktop_notifier;
  } else {
    log.info("no display: DISPLAY is not set; system statistics alone are collected");
  }
  const char* home = std::getenv("HOME");
  parts.classifier = settings.judge_behaviour ? make_behaviour_classifier() : make_device_classifier();
  parts.system = make_system_stats(home && *home ? home : "/");
  parts.zone = make_system_time_zone();
  auto buffer = make_folder_screenshot_buffer({files.screenshots, max_age(settings), max_screenshot_bytes(settings)},
                                              system_clock(), log);
  if (!buffer) return buffer.error();
  parts.screenshots.buffer = std::move(*buffer);
  parts.screenshots.machine_key = [file = files.machine_key] { return read_machine_key(file); };
  return parts;
}

Result<std::shared_ptr<Sender>> open_sender(const Settings& settings, Log& log) {
  if (!settings.server_url.empty()) return shared<Sender>(make_http_sender(server_options(settings)));
  if (settings.s3_bucket.empty()) return std::shared_ptr<Sender>();
  auto seal_for = settings.s3_seal_events ? receiver_key(settings) : std::nullopt;
  return shared<Sender>(make_s3_sender(s3_options(settings), seal_for, log));
}

Result<std::shared_ptr<ScreenshotSender>> open_screenshot_sender(const Settings& settings, Log& log) {
  if (!settings.s3_bucket.empty())
    return shared<ScreenshotSender>(make_s3_screenshot_sender(s3_options(settings), log));
  if (settings.server_url.empty()) return std::shared_ptr<ScreenshotSender>();
  return shared<ScreenshotSender>(make_http_screenshot_sender(server_options(settings)));
}

std::chrono::hours max_age(const Settings& settings) { return std::chrono::hours(24 * settings.buffer_max_age_days); }

std::int64_t max_bytes(const Settings& settings) { return settings.buffer_max_mib << 20; }

std::int64_t max_screenshot_bytes(const Settings& settings) { return settings.screenshot_buffer_max_mib << 20; }

}  // namespace activitytrack::agent_app
