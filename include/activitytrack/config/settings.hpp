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

  std::int64_t screenshot_interval_min = 5;
  bool screenshot_blur = true;
  std::string screenshot_public_key;

  std::string s3_bucket;
  std::string s3_access_key;
  std::string s3_secret_key;
  std::string s3_region = "us-east-1";
  std::string s3_endpoint;

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
