#include "settings.hpp"

#include "http/listen_address.hpp"

#include <activitytrack/core/log.hpp>

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>

namespace activitytrack::server {
namespace {

Result<void> wrong(std::string what) { return Error{ErrorCode::invalid_input, std::move(what)}; }

Result<void> check_listen(std::string_view text) {
  const auto address = parse_listen_address(text);
  if (!address) return address.error();
  if (address->address().is_loopback()) return {};
  return wrong("only 127.0.0.1 and [::1] until the server can tell who is asking: write 127.0.0.1:" +
               std::to_string(address->port()));
}

Result<void> check_database(std::string_view text) {
  if (text.empty() || (text.starts_with("sqlite:") && text.size() > 7)) return {};
  return wrong("must be sqlite:PATH");
}

Result<void> check_log_level(std::string_view text) {
  return parse_log_level(text) ? Result<void>() : wrong("must be debug, info, warning or error");
}

Result<void> check_log_format(std::string_view text) {
  return text == "text" || text == "json" ? Result<void>() : wrong("must be text or json");
}

using Row = Setting<ServerSettings>;
using S = ServerSettings;

constexpr Row number(std::string_view key, std::int64_t S::*member, std::string_view unit, std::int64_t max,
                     std::string_view help) {
  return {key, key, member, unit, help, 1, max};
}

template <class T>
constexpr Row text(std::string_view key, T S::*member, std::string_view help,
                   Result<void> (*check)(std::string_view) = nullptr) {
  return {key, key, member, "", help, 0, 0, false, true, check};
}

constexpr std::array table{
    text("listen", &S::listen,
         "address and port to listen on (default 127.0.0.1:8100; port 0: any free one); may be given again",
         check_listen),
    text("database", &S::database,
         "where events are kept: sqlite:PATH (default: server.db below the data folder)", check_database),
    text("data_dir", &S::data_dir,
         "the server's folder (default: /var/lib/activity-tracker for root, else "
         "~/.local/share/activity-tracker/server)"),
    number("max_connections", &S::max_connections, "", 1'000'000,
           "connections at a time; further ones are answered 503 (default 1024)"),
    Row{"max_body_mib", "max_body_mib", &S::max_body_mib, "MiB",
        "greatest body of a request, packed and unpacked (default 16)", 1, 64, false, true},
    number("header_timeout_sec", &S::header_timeout_sec, "s", 3600,
           "time for a request's header to arrive (default 10)"),
    number("body_timeout_sec", &S::body_timeout_sec, "s", 3600,
           "time for a request's body to arrive (default 30)"),
    number("write_timeout_sec", &S::write_timeout_sec, "s", 3600,
           "time for a client to take an answer (default 60)"),
    number("idle_timeout_sec", &S::idle_timeout_sec, "s", 86400,
           "time a connection may rest between requests (default 60)"),
    text("log_level", &S::log_level, "debug, info, warning or error (default info)", check_log_level),
    text("log_format", &S::log_format, "text or json (default text)", check_log_format),
};

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string below_home(const char* variable, const char* fallback, const char* rest) {
  if (const auto base = from_environment(variable); base.starts_with('/')) return base + "/" + rest;
  const auto home = from_environment("HOME");
  return home.empty() ? "" : home + "/" + fallback + "/" + rest;
}

}  // namespace

std::span<const Setting<ServerSettings>> server_settings_table() { return table; }

std::string find_server_settings_file() {
  const std::string places[] = {below_home("XDG_CONFIG_HOME", ".config", "activity-tracker/server.yaml"),
                                "/etc/activity-tracker/server.yaml"};
  for (const auto& place : places) {
    std::error_code unknown;
    if (!place.empty() && std::filesystem::exists(place, unknown)) return place;
  }
  return "";
}

std::string default_data_dir() {
  if (::geteuid() == 0) return "/var/lib/activity-tracker";
  return below_home("XDG_DATA_HOME", ".local/share", "activity-tracker/server");
}

HttpLimits http_limits(const ServerSettings& settings) {
  HttpLimits limits;
  limits.max_connections = static_cast<std::size_t>(settings.max_connections);
  limits.max_body_bytes = static_cast<std::size_t>(settings.max_body_mib) * 1024 * 1024;
  limits.header_timeout = std::chrono::seconds(settings.header_timeout_sec);
  limits.body_timeout = std::chrono::seconds(settings.body_timeout_sec);
  limits.write_timeout = std::chrono::seconds(settings.write_timeout_sec);
  limits.idle_timeout = std::chrono::seconds(settings.idle_timeout_sec);
  return limits;
}

}  // namespace activitytrack::server
