#include "server/serve/http_settings.hpp"

#include "server/http/access_log.hpp"
#include "server/http/tls.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace activitytrack::server {
namespace {

constexpr std::size_t other_files = 200;  // databases, logs, and connections that are turned away

std::size_t files_for_connections() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return SIZE_MAX;
  return files.rlim_cur > 2 * other_files ? files.rlim_cur - other_files : files.rlim_cur / 2;
}

HttpLimits http_limits(const ServerSettings& settings) {
  constexpr std::size_t mib = 1024 * 1024;
  HttpLimits limits;
  limits.max_connections = static_cast<std::size_t>(settings.max_connections);
  limits.max_waiting = static_cast<std::size_t>(settings.max_waiting_agents);
  limits.max_connections_per_address = static_cast<std::size_t>(settings.max_connections_per_address);
  limits.max_handshakes_per_min = static_cast<std::size_t>(settings.max_handshakes_per_min);
  limits.max_body_bytes = static_cast<std::size_t>(settings.max_body_mib) * mib;
  limits.max_stream_bytes = static_cast<std::size_t>(settings.max_screenshot_mib) * mib;
  limits.max_bodies_bytes = static_cast<std::size_t>(settings.max_bodies_mib) * mib;
  limits.max_answers_bytes = static_cast<std::size_t>(settings.max_answers_mib) * mib;
  limits.header_timeout = std::chrono::seconds(settings.header_timeout_sec);
  limits.body_timeout = std::chrono::seconds(settings.body_timeout_sec);
  limits.turn_timeout = std::chrono::seconds(settings.turn_timeout_sec);
  limits.write_timeout = std::chrono::seconds(settings.write_timeout_sec);
  limits.idle_timeout = std::chrono::seconds(settings.idle_timeout_sec);
  limits.hsts_max_age = std::chrono::seconds(settings.hsts_max_age_sec);
  return limits;
}

/// Where there are too few files for both, connections come first, and a quarter is for agents that wait.
void share_files(std::size_t possible, HttpLimits& limits, Log& log) {
  const std::size_t wanted = limits.max_connections;
  limits.max_connections = std::min(wanted, possible - possible / 4);
  limits.max_waiting = std::min(limits.max_waiting, possible - limits.max_connections);
  if (limits.max_connections < wanted)
    log.warning("fewer connections than max_connections: raise the limit of open files",
                {{"connections", limits.max_connections}, {"max_connections", wanted}});
}

}  // namespace

void allow_open_files(Log& log) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == files.rlim_max) return;
  files.rlim_cur = files.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &files) == 0) return;
  log.warning("the limit of open files cannot be raised", {{"error", std::generic_category().message(errno)}});
}

Result<HttpConfig> make_http_config(const ServerSettings& settings, Log& log, const TlsContext* before) {
  HttpConfig config;
  config.limits = http_limits(settings);
  config.insecure_listen = settings.insecure_listen;
  config.public_origin = public_origin(settings);
  share_files(files_for_connections(), config.limits, log);
  auto& of_an_address = config.limits.max_connections_per_address;
  if (of_an_address == 0) of_an_address = (config.limits.max_connections + 1) / 2;
  for (const std::string& proxy : settings.trusted_proxy) {
    if (auto added = config.proxies.add(proxy); !added) return added.error();
  }
  if (settings.tls_cert.empty()) return config;
  auto tls = TlsContext::make({settings.tls_cert, settings.tls_key, settings.tls_ticket_keys}, before);
  if (!tls) return tls.error();
  config.tls = std::move(*tls);
  return config;
}

Result<void> open_access_log(const ServerSettings& settings, HttpConfig& config, Log& log) {
  if (settings.access_log.empty()) return {};
  const auto format = settings.access_log_format == "json" ? AccessLog::Format::json : AccessLog::Format::combined;
  auto opened = AccessLog::open(settings.access_log, format, log);
  if (!opened) return opened.error();
  config.access_log = std::move(*opened);
  return {};
}

}  // namespace activitytrack::server
