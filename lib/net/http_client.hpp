#pragma once

#include "net/proxy.hpp"
#include "net/url.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace activitytrack {

using HttpFields = std::vector<std::pair<std::string, std::string>>;

/// Host, User-Agent, Content-Length and what a proxy wants are added by the client.
struct HttpRequest {
  std::string method = "GET";
  Url url = {};
  HttpFields fields = {};
  std::string body = {};
  std::size_t max_answer_bytes = 0;    ///< of the answer's body; 0: as the client's options say
  std::chrono::milliseconds total{0};  ///< for all of it; 0: as the client's options say
  bool send_once = false;              ///< also where a kept connection turns out to be dead
};

struct HttpResponse {
  int status = 0;
  HttpFields fields;
  std::string body;

  /// The first field of that name, in any case; empty if there is none.
  std::string_view field(std::string_view name) const noexcept;
};

struct HttpTimeouts {
  std::chrono::milliseconds resolve{10'000};
  std::chrono::milliseconds connect{10'000};  ///< for all addresses of a host together
  std::chrono::milliseconds handshake{10'000};
  std::chrono::milliseconds write{30'000};
  std::chrono::milliseconds read{30'000};
  std::chrono::milliseconds total{30'000};  ///< for a whole request, its second try included
};

struct HttpClientOptions {
  std::string user_agent;
  std::string ca_file;  ///< PEM file of the authorities to trust; empty: the system's
  ProxyRules proxies = ProxyRules::from_environment();
  HttpTimeouts timeouts;
  std::size_t max_header_bytes = 16 << 10;
  std::size_t max_body_bytes = 64 << 20;
  bool redirects_are_answers = false;  ///< for a caller that reads them; else they are errors

  /// Connects to addresses of the internet alone, whatever a name stands for, and to this machine where the URL names
  /// that. Where a proxy is asked, what it may reach is for the proxy to say.
  bool only_public = false;
};

/// HTTP/1.1, one blocking request at a time, over a connection that is kept for the next one to the same
/// place. Certificates and host names are checked. Redirects are not followed: they are an error that names
/// the place, or the answer. `send` belongs to one thread; `cancel` may come from any. OpenSSL is
/// only set up by the first https URL.
class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options);
  ~HttpClient();

  /// Fails if `url` can never be reached with these options: a bad proxy or CA file. Sends nothing.
  Result<void> prepare(const Url& url);

  /// Any answer but a redirect (see the options), whatever its status. When a kept connection turns out to be
  /// dead before a byte of the answer came, the request is sent once more on a new one: its receiver must
  /// stand a second copy. Errors: `timeout`; `unavailable` for what may pass; `invalid_input` for an answer
  /// that is not HTTP or over the limits; `untrusted` for a certificate that is not trusted; `unsupported`
  /// for a redirect, and for an https server that was asked in clear.
  Result<HttpResponse> send(const HttpRequest& request);

  /// Makes a `send` under way, and all later ones, fail with `unavailable` at once.
  void cancel() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A server's own words of what is wrong (RFC 9457: application/problem+json), made fit for one line; "" if
/// there are none, or if they repeat `secret`.
std::string problem_text(const HttpResponse& response, std::string_view secret);

/// A Retry-After field (RFC 9110, 10.2.3): seconds, or a date seen from `now`, which is best the answer's own
/// Date. At least 0, at most an hour; nullopt if it is neither.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, Time now);

/// An HTTP date in any of the three forms of RFC 9110, 5.6.7.
std::optional<Time> parse_http_date(std::string_view value);

}  // namespace activitytrack
