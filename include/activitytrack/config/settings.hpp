#pragma once

#include <activitytrack/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// The agent's settings, with their defaults. Their keys, units and ranges, and what each does, are in
/// docs/settings.md.
struct Settings {
  std::string server_url;
  std::string credential;
  std::string ca_file;
  std::string machine_id;
  bool remote_may_loosen = false;
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

  std::string screenshot_when = "interval";  ///< "interval", "random" or "focus"
  std::int64_t screenshot_interval_min = 5;
  bool screenshot_blur = true;
  std::string screenshot_blur_kind = "gaussian";  ///< or "pixels"
  std::int64_t screenshot_blur_sigma = 8;
  std::int64_t screenshot_pixel_block = 24;
  bool screenshot_full_size = false;
  std::int64_t screenshot_quality = 60;
  std::string screenshot_subsampling = "4:2:0";  ///< or "4:2:2", or "4:4:4"
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

/// The settings of `file` (YAML, or INI if its name ends in ".ini"; "" for none), with those of the environment over
/// them. "~/" at the beginning of a path becomes the home. The error has a line for everything that is wrong, with its
/// place.
Result<Settings> load_settings(const std::string& file);

/// Sets one setting by its key, from a text as in a file: set_setting(s, "screenshots.interval_min", "5"); a list is
/// separated by commas. `not_found` for a key that does not exist, `invalid_input` for a value that is not accepted;
/// `settings` stays as it was then.
Result<void> set_setting(Settings& settings, std::string_view key, std::string_view text);

/// ~/.local/share/activity-tracker/buffer.db (an absolute $XDG_DATA_HOME in place of ~/.local/share).
std::string default_buffer_path();

/// The machine's id: made once from host and user ("host-user", with a random tail), then kept in the file `machine_id`
/// in `folder`.
Result<std::string> kept_machine_id(const std::string& folder);

}  // namespace activitytrack
