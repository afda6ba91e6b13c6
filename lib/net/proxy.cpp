#include "net/proxy.hpp"

#include "core/text.hpp"
#include "net/address.hpp"

#include <algorithm>
#include <cstdlib>

namespace activitytrack {
namespace {

/// Takes ":PORT" or the brackets off an entry; false if it names another port.
bool strip_port(std::string_view& entry, std::uint16_t port) {
  const bool bracketed = entry.starts_with('[');
  const std::size_t close = bracketed ? entry.find(']') : 0;
  const std::size_t colon = entry.find(':', close == std::string_view::npos ? 0 : close);
  const bool has_port = colon != std::string_view::npos && (bracketed || entry.rfind(':') == colon);
  if (has_port && entry.substr(colon + 1) != std::to_string(port)) return false;
  if (has_port) entry = entry.substr(0, colon);
  if (bracketed && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
  return true;
}

bool matches_entry(std::string_view entry, std::string_view host, std::uint16_t port) {
  if (entry == "*") return true;
  if (entry.find('/') != std::string_view::npos) return in_network(entry, host);
  if (!strip_port(entry, port)) return false;
  if (const std::string address = address_bytes(host); !address.empty()) {
    return address_bytes(entry) == address;
  }
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty() || !host.ends_with(entry)) return false;
  return host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.';
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || in_network("127.0.0.0/8", host) ||
         in_network("::1/128", host);
}

}  // namespace

bool matches_no_proxy(std::string_view list, std::string_view host, std::uint16_t port) {
  const std::string lowered = lower_case(list);
  std::string_view rest = lowered;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(", \t"), rest.size());
    if (end > 0 && matches_entry(rest.substr(0, end), host, port)) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

ProxyRules ProxyRules::from_environment() {
  return from([](const char* name) -> const char* { return std::getenv(name); });
}

ProxyRules ProxyRules::from(const std::function<const char*(const char*)>& get_variable) {
  const auto either = [&](const char* lower, const char* upper) -> std::string {
    const char* value = get_variable(lower);
    if (value == nullptr) value = get_variable(upper);
    return value == nullptr ? "" : value;
  };
  return {either("http_proxy", "HTTP_PROXY"), either("https_proxy", "HTTPS_PROXY"), either("no_proxy", "NO_PROXY")};
}

Result<std::optional<Url>> ProxyRules::proxy_for(const Url& url) const {
  const std::string& text = url.secure() ? https : http;
  if (text.empty() || is_loopback(url.host) || matches_no_proxy(no_proxy, url.host, url.port)) {
    return std::optional<Url>();
  }
  Result<Url> proxy = parse_url(text.find("://") == std::string::npos ? "http://" + text : text);
  if (proxy && !proxy->secure()) return std::optional<Url>(std::move(*proxy));
  const std::string variable = url.secure() ? "https_proxy" : "http_proxy";
  return Error{ErrorCode::invalid_input,
               "cannot use the proxy of " + variable + ": it must be http://[user:password@]host[:port]"};
}

}  // namespace activitytrack
