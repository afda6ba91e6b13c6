#pragma once

#include <activitytrack/s3/s3_options.hpp>
#include "config/setting.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace activitytrack::server {

/// The server's settings, with their defaults. Units, ranges and help are in server_settings_table().
struct ServerSettings {
  std::vector<std::string> listen{"127.0.0.1:8100"};
  std::vector<std::string> metrics_listen;  ///< for /metrics alone; empty: with the rest
  std::string database;                     ///< "sqlite:PATH"; empty: server.db below data_dir
  std::string data_dir;                     ///< empty: default_data_dir()
  std::string auth = "required";            ///< or "none"
  std::string website;                      ///< a folder; empty: what is built in
  std::string public_url;                   ///< where people reach the server: see public_origin(); empty: not known

  std::string oidc_issuer, oidc_client_id, oidc_client_secret_file, oidc_ca_file;
  std::string oidc_scopes = "openid profile email", oidc_name_claim = "preferred_username";
  std::vector<std::string> oidc_role;
  bool oidc_only = false;
  std::string require_second_factor = "none";  ///< or "admins", "all"

  bool webhook_private = false;  ///< the webhook may ask addresses of private networks

  std::string screenshots;  ///< "file:DIR" or "s3://BUCKET/PREFIX"; empty: screenshots below data_dir
  bool screenshots_presigned = true;
  std::int64_t max_screenshot_mib = 64;
  std::int64_t screenshots_max_mib_per_machine = 10'240;  ///< 0: no limit
  std::int64_t screenshots_reserve_mib = 1024;            ///< 0: none
  std::string s3_region = "us-east-1";
  std::string s3_endpoint, s3_profile, s3_sse, s3_sse_kms_key, s3_ca_file;
  bool s3_path_style = false;
  bool s3_presign_hash = true;

  std::string tls_cert, tls_key;  ///< both or neither
  std::string tls_ticket_keys;
  std::int64_t hsts_max_age_sec = 31'536'000;
  std::vector<std::string> trusted_proxy;
  bool insecure_listen = false;

  std::int64_t retention_days = 0;  ///< 0, here and below: for ever
  std::int64_t hours_retention_days = 0;
  std::int64_t audit_retention_days = 0;
  std::int64_t screenshots_retention_days = 0;

  std::int64_t max_connections = 10'000;
  std::int64_t max_live = 2'000;                        ///< pages with live updates, apart from connections
  std::int64_t max_waiting_agents = 20'000;             ///< apart from connections
  std::int64_t max_connections_per_address = 0;         ///< 0: half of them
  std::int64_t max_handshakes_per_min = 3'000;          ///< 0: no limit
  std::int64_t max_events_per_machine_day = 5'000'000;  ///< 0: no limit
  std::int64_t max_body_mib = 16;
  std::int64_t max_bodies_mib = 256;
  std::int64_t max_answers_mib = 256;
  std::int64_t header_timeout_sec = 10;
  std::int64_t body_timeout_sec = 30;
  std::int64_t turn_timeout_sec = 10;
  std::int64_t write_timeout_sec = 60;
  std::int64_t idle_timeout_sec = 60;

  std::string access_log;  ///< a file, "-" for standard output; empty: none
  std::string access_log_format = "combined";
  std::string log_level = "info";
  std::string log_format = "text";

  friend bool operator==(const ServerSettings&, const ServerSettings&) = default;
};

std::span<const Setting<ServerSettings>> server_settings_table();

/// /var/lib/activity-tracker for root, else `server` in user_data_folder().
std::string default_data_dir();

/// The file of "sqlite:FILE".
std::optional<std::string> sqlite_path(const std::string& database_url);

/// "https://host[:port]" of public_url, as browsers write it; "" if that is not given.
std::string public_origin(const ServerSettings& settings);

/// A path that means the same in another folder.
std::string absolute_path(const std::string& path);

/// The options, for a shell, by which a command means the database of a server with this data folder. `database` is the
/// file, or "" for PostgreSQL's, whose URL may hold a password and is not shown.
std::string place_options(const std::string& data_dir, const std::string& database);

/// Checks what concerns several settings: an address that others reach needs TLS, here or at a proxy, and accounts.
Result<void> check_together(const ServerSettings& settings);

/// The bucket and prefix of "s3://BUCKET/PREFIX", reached as the settings say.
Result<S3Options> s3_options(const ServerSettings& settings, std::string_view url);

}  // namespace activitytrack::server
