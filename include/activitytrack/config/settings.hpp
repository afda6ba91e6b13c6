#pragma once

#include <activitytrack/config/setting.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace activitytrack {

/// The agent's settings, with their defaults. Keys, units, ranges and help are in settings_table().
struct Settings {
  std::string server_url;
  std::string credential;
  std::string ca_file;
  std::string machine_id;
  std::int64_t collect_interval_sec = 60;
  std::int64_t send_interval_sec = 300;
  std::string buffer_path;  ///< empty: default_buffer_path()
  std::int64_t buffer_max_age_days = 90;
  std::int64_t buffer_max_mib = 256;
  std::int64_t idle_after_sec = 60;

  bool screenshots = false;
  bool track_system_stats = true;
  bool window_titles = true;
  bool judge_behaviour = true;
  bool input_measures = false;

  std::string screenshot_when = "interval";  ///< or "random", "focus"
  std::int64_t screenshot_interval_min = 5;
  bool screenshot_blur = true;
  std::string screenshot_blur_kind = "gaussian";  ///< or "pixels"
  std::int64_t screenshot_blur_sigma = 8;
  std::int64_t screenshot_pixel_block = 24;
  bool screenshot_full_size = false;
  std::int64_t screenshot_quality = 60;
  std::string screenshot_subsampling = "4:2:0";  ///< or "4:2:2", "4:4:4"
  std::string screenshot_monitors = "together";  ///< or "each"
  bool screenshot_skip_unchanged = false;
  std::vector<std::string> screenshot_excluded_apps;
  bool screenshot_notify_each = false;
  std::string screenshot_public_key;
  std::int64_t screenshot_buffer_max_mib = 512;

  std::string s3_bucket;
  std::string s3_prefix;
  std::string s3_access_key;
  std::string s3_secret_key;
  std::string s3_session_token;
  std::string s3_profile;
  std::string s3_region = "us-east-1";
  std::string s3_endpoint;
  bool s3_path_style = false;
  std::string s3_sse;
  std::string s3_sse_kms_key;
  bool s3_seal_events = false;

  std::string log_level = "info";
  std::string log_format = "text";

  friend bool operator==(const Settings&, const Settings&) = default;
};

std::span<const Setting<Settings>> settings_table();

/// load_settings() of setting.hpp for the agent's table; "~/" in paths is the home.
Result<Settings> load_settings(const std::string& file, const SettingTexts& options);

/// user_data_folder()/buffer.db
std::string default_buffer_path();

/// The machine's id: made once from host and user ("host-user", with a random tail), then kept in the file
/// `machine_id` in `folder`.
Result<std::string> kept_machine_id(const std::string& folder);

}  // namespace activitytrack
