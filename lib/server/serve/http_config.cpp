#include "server/serve/http_config.hpp"

#include <sys/resource.h>

namespace activitytrack::server {
namespace {

constexpr std::size_t other_files = 200;  // databases, logs, and those who are told that there are too many

std::size_t files_for_connections() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return SIZE_MAX;
  return files.rlim_cur > 2 * other_files ? files.rlim_cur - other_files : files.rlim_cur / 2;
}

}  // namespace

Result<HttpConfig> make_http_config(const ServerSettings& settings, Log& log, const TlsContext* before) {
  HttpConfig config;
  config.limits = http_limits(settings);
  config.insecure_listen = settings.insecure_listen;
  if (const auto possible = files_for_connections(); possible < config.limits.max_connections) {
    log.warning("fewer connections than max_connections: raise the limit of open files",
                {{"connections", possible}, {"max_connections", settings.max_connections}});
    config.limits.max_connections = possible;
  }
  for (const std::string& proxy : settings.trusted_proxy) {
    if (auto added = config.proxies.add(proxy); !added) return added.error();
  }
  if (settings.tls_cert.empty()) return config;
  auto tls = TlsContext::make({settings.tls_cert, settings.tls_key, settings.tls_ticket_keys}, before);
  if (!tls) return tls.error();
  config.tls = std::move(*tls);
  return config;
}

}  // namespace activitytrack::server
