#pragma once

#include "net/deadline.hpp"
#include "net/http_client.hpp"

#include <activitytrack/core/result.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>
#include <vector>

namespace activitytrack {

/// How an exchange failed, and whether a byte of the answer had come by then.
struct ExchangeFailure {
  Error error;
  bool answer_begun = false;
};

/// One TCP connection at a time, with TLS over it or not; blocking, each step with its time-out. Used by one
/// thread, but for `cancel`. The one place that instantiates Beast's client.
class HttpConnection {
 public:
  explicit HttpConnection(const HttpClientOptions& options);
  ~HttpConnection();

  bool is_open() const noexcept;
  void close() noexcept;

  /// Tries each endpoint in turn. `peer` names it in errors.
  Result<void> connect(const std::vector<boost::asio::ip::tcp::endpoint>& endpoints, const std::string& peer,
                       const Deadline& deadline);

  /// Asks the proxy that it is connected to for a way to `authority` ("host:port").
  Result<void> tunnel(const std::string& authority, const std::string& proxy_authorization, const Deadline& deadline);

  /// Starts TLS and checks that the certificate is good for `host`.
  Result<void> secure(const std::string& host, std::shared_ptr<boost::asio::ssl::context> context,
                      const Deadline& deadline);

  /// Sends a request with `target` in its first line and reads the answer. The connection is open afterwards
  /// if both sides keep it.
  Result<HttpResponse, ExchangeFailure> exchange(const HttpRequest& request, const std::string& target,
                                                                const HttpFields& more_fields,
                                                                const Deadline& deadline);

  /// From any thread: what is under way, and all that follows, fails at once.
  void cancel() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace activitytrack
