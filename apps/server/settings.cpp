#include "settings.hpp"

#include "http/listen_address.hpp"
#include "store/postgres_store.hpp"

#include <unistd.h>

#include <array>

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
  if (is_postgres_url(text)) return check_postgres_url(text);
  return wrong("must be sqlite:PATH or postgresql://USER@HOST:5432/DATABASE");
}

using Row = Setting<ServerSettings>;
using S = ServerSettings;

constexpr Row number(std::string_view key, std::int64_t S::*member, std::string_view unit, std::int64_t max,
                     std::string_view help) {
  return {key, key, member, unit, help, 1, max};
}

template <class T>
constexpr Row text(std::string_view key, T S::*member, std::string_view kind, std::string_view help,
                   Result<void> (*check)(std::string_view) = nullptr) {
  return {key, key, member, kind, help, 0, 0, false, true, check};
}

constexpr std::array table{
    text("listen", &S::listen, "ADDRESS",
         "Address and port to listen on; port 0: any free one. May be given again.", check_listen),
    Row{.key = "database",
        .ini = "database",
        .member = &S::database,
        .unit = "URL",
        .help = "Where events are kept: sqlite:PATH, by default server.db below the data folder, or postgresql://...",
        .secret = true,
        .needs_restart = true,
        .check = check_database},
    text("data_dir", &S::data_dir, "DIR",
         "The server's folder; by default /var/lib/activity-tracker for root, else "
         "~/.local/share/activity-tracker/server."),
    number("max_connections", &S::max_connections, "", 1'000'000,
           "Connections at a time; further ones are answered 503."),
    Row{"max_body_mib", "max_body_mib", &S::max_body_mib, "MiB",
        "Greatest body of a request, packed and unpacked.", 1, 64, false, true},
    number("header_timeout_sec", &S::header_timeout_sec, "s", 3600, "Time for a request's header to arrive."),
    number("body_timeout_sec", &S::body_timeout_sec, "s", 3600, "Time for a request's body to arrive."),
    number("write_timeout_sec", &S::write_timeout_sec, "s", 3600, "Time for a client to take an answer."),
    number("idle_timeout_sec", &S::idle_timeout_sec, "s", 86400,
           "Time a connection may rest between requests."),
    log_level_setting<S>(),
    log_format_setting<S>(),
};

}  // namespace

std::span<const Setting<ServerSettings>> server_settings_table() { return table; }

std::string default_data_dir() {
  if (::geteuid() == 0) return "/var/lib/activity-tracker";
  return user_data_folder() + "/server";
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
