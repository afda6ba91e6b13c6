#pragma once

#include <activitytrack/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace activitytrack {

/// An absolute http or https URL, taken apart. A fragment is dropped.
struct Url {
  std::string scheme;    ///< "http" or "https"
  std::string user;      ///< percent-decoded; empty: none was given
  std::string password;  ///< percent-decoded
  std::string host;      ///< lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string target = "/";  ///< path and query, as sent in a request line

  bool secure() const noexcept { return scheme == "https"; }

  std::string bracketed_host() const { return host.find(':') == std::string::npos ? host : "[" + host + "]"; }

  /// "host", "host:8100", "[::1]:8100": what the Host field holds. The scheme's own port is left out.
  std::string authority() const;

  /// "http://host:8100", without user and password: fit for messages.
  std::string origin() const { return scheme + "://" + authority(); }

  /// The origin and the path: what a person gave, without its user, password and query, which may be secret.
  std::string place() const { return origin() + target.substr(0, target.find('?')); }
};

/// The error never repeats the text, which may hold a password.
Result<Url> parse_url(std::string_view text);

/// Whether it names this machine: localhost, an address of 127.0.0.0/8, or ::1.
bool is_loopback(const Url& url);

/// Whether nobody on the way can read or change what is exchanged: it is by TLS, or stays on this machine. (W3C Secure
/// Contexts, "potentially trustworthy", without names below localhost.)
bool is_trustworthy(const Url& url);

/// "%41" becomes "A". Fails on a "%" without two hexadecimal digits.
Result<std::string> percent_decode(std::string_view text);

}  // namespace activitytrack
