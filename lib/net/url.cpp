#include "net/url.hpp"

#include "core/text.hpp"

#include <arpa/inet.h>
#include <algorithm>

namespace activitytrack {
namespace {

Error bad_url(std::string_view why) {
  return {ErrorCode::invalid_input,
          "not a usable URL (" + std::string(why) + "): it should look like https://host[:port][/path]"};
}

bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

Result<void> take_user(std::string_view text, Url& url) {
  const std::size_t colon = text.find(':');
  Result<std::string> user = percent_decode(text.substr(0, colon));
  if (!user) return user.error();
  url.user = std::move(*user);
  if (colon == std::string_view::npos) return {};
  Result<std::string> password = percent_decode(text.substr(colon + 1));
  if (!password) return password.error();
  url.password = std::move(*password);
  return {};
}

/// Takes the host off the front of `text`, which is left as "" or ":PORT".
Result<void> take_host(std::string_view& text, Url& url) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return bad_url("an IPv6 address without its ]");
    url.host = lower_case(text.substr(1, end - 1));
    in6_addr address;
    if (inet_pton(AF_INET6, url.host.c_str(), &address) != 1) return bad_url("a bad IPv6 address");
    text.remove_prefix(end + 1);
    return {};
  }
  const std::size_t end = std::min(text.find(':'), text.size());
  url.host = lower_case(text.substr(0, end));
  if (!is_host_name(url.host)) return bad_url(url.host.empty() ? "no host" : "a bad host name");
  text.remove_prefix(end);
  return {};
}

Result<void> take_port(std::string_view text, Url& url) {
  url.port = url.secure() ? 443 : 80;
  if (text.empty() || text == ":") return {};
  if (text[0] != ':') return bad_url("a bad port");
  text.remove_prefix(1);
  const auto port = parse_number<std::uint16_t>(text);
  if (!port || *port == 0) return bad_url("a bad port");
  url.port = *port;
  return {};
}

}  // namespace

std::string Url::authority() const {
  std::string out = bracketed_host();
  if (port != (secure() ? 443 : 80)) out += ":" + std::to_string(port);
  return out;
}

Result<std::string> percent_decode(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text[0] != '%') {
      out += text[0];
      text.remove_prefix(1);
      continue;
    }
    const std::string_view digits = text.substr(1, 2);
    const auto byte = parse_number<unsigned char>(digits, 16);
    if (digits.size() != 2 || !byte) return bad_url("a bad % escape");
    out += static_cast<char>(*byte);
    text.remove_prefix(3);
  }
  return out;
}

Result<Url> parse_url(std::string_view text) {
  const auto unfit = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F; };
  if (std::any_of(text.begin(), text.end(), unfit)) return bad_url("a space or control character");
  Url url;
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return bad_url("no http:// or https://");
  url.scheme = lower_case(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") return bad_url("neither http nor https");
  text = text.substr(colon + 3);
  text = text.substr(0, text.find('#'));

  const std::size_t authority_end = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, authority_end);
  url.target = text.substr(authority_end);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");

  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    if (Result<void> done = take_user(authority.substr(0, at), url); !done) return done.error();
    authority.remove_prefix(at + 1);
  }
  if (Result<void> done = take_host(authority, url); !done) return done.error();
  if (Result<void> done = take_port(authority, url); !done) return done.error();
  return url;
}

bool is_loopback(const Url& url) {
  in_addr v4;
  if (inet_pton(AF_INET, url.host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
  return url.host == "localhost" || url.host == "::1";
}

bool is_trustworthy(const Url& url) { return url.secure() || is_loopback(url); }

}  // namespace activitytrack
