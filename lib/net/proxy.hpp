#pragma once

#include "net/url.hpp"

#include <activitytrack/core/result.hpp>

#include <functional>
#include <optional>
#include <string>

namespace activitytrack {

/// Which proxy a URL is reached through, by the rules that curl made common.
struct ProxyRules {
  std::string http = {};      ///< the proxy for http URLs; empty: none
  std::string https = {};     ///< for https URLs, by CONNECT
  std::string no_proxy = {};  ///< hosts reached without one, separated by commas or spaces

  /// From http_proxy, https_proxy and no_proxy; where the lower-case one is not set, from the upper-case one.
  static ProxyRules from_environment();
  static ProxyRules from(const std::function<const char*(const char*)>& get_variable);

  /// The proxy for `url`; nullopt: none. The loopback is never proxied. Fails if the proxy's own URL cannot
  /// be used: it must be http://[user:password@]host[:port] ("http://" may be left out, the port is then 80).
  Result<std::optional<Url>> proxy_for(const Url& url) const;
};

/// Whether `host` (lower case, no brackets) and `port` are named by a NO_PROXY list: "*" is all,
/// "example.com" and
/// ".example.com" are that domain and all below, "10.0.0.0/8" and "fd00::/8" are networks, "host:8080" is one
/// port.
bool matches_no_proxy(std::string_view list, std::string_view host, std::uint16_t port);

}  // namespace activitytrack
