#include "server/accounts/cookies.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>

namespace activitytrack::server {
namespace {

std::string name_of(Cookie cookie, bool is_secure) {
  return std::string(is_secure ? "__Host-" : "") + (cookie == Cookie::session ? "session" : "device");
}

std::string_view without_port(std::string_view host, std::string_view port) {
  if (host.ends_with(port)) host.remove_suffix(port.size());
  return host;
}

}  // namespace

std::string_view cookie_of(const Request& request, Cookie cookie) {
  const std::string name = name_of(cookie, request.is_secure) + "=";
  std::string_view rest = request.cookie;
  while (!rest.empty()) {
    auto part = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (part.starts_with(name)) return part.substr(name.size());
  }
  return {};
}

void set_cookie(Response& response, const Request& request, Cookie cookie, std::string_view value,
                std::chrono::seconds age) {
  std::string text = name_of(cookie, request.is_secure) + "=" + std::string(value) +
                     "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(value.empty() ? 0 : age.count());
  if (request.is_secure) text += "; Secure";
  response.headers.emplace_back("Set-Cookie", std::move(text));
}

bool is_same_origin(const Request& request) {
  std::string_view origin = request.origin;
  const std::string_view scheme = request.is_secure ? "https://" : "http://";
  const std::string_view port = request.is_secure ? ":443" : ":80";
  if (!origin.starts_with(scheme) || request.host.empty()) return false;
  origin.remove_prefix(scheme.size());
  return boost::algorithm::iequals(without_port(origin, port), without_port(request.host, port));
}

}  // namespace activitytrack::server
