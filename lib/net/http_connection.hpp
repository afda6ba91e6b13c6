#pragma once

#include "net/http_client.hpp"

#include <activitytrack/core/result.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// When a request as a whole has to be over, and each phase of it by its own limit.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Deadline(std::chrono::milliseconds total) : end_(Clock::now() + total) {}
  Clock::time_point within(std::chrono::milliseconds phase) const { return std::min(end_, Clock::now() + phase); }

 private:
  Clock::time_point end_;
};

/// Looks names up, with a time-out: getaddrinfo has none and cannot be stopped, so it runs on a thread that
/// is left behind when it takes too long. Addresses need no thread.
class Resolver {
 public:
  Resolver();
  ~Resolver();

  /// All addresses of `host`, in the system's order of preference. One call at a time.
  Result<std::vector<boost::asio::ip::tcp::endpoint>> resolve(const std::string& host, std::uint16_t port,
                                                              std::chrono::steady_clock::time_point until);

  /// From any thread: a resolve under way, and all later ones, fail at once.
  void cancel() noexcept;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

/// What to do where a server of TLS is asked in clear; its name stands before it.
inline constexpr std::string_view speaks_https =
    "seems to speak https and not http there: check the URL's scheme and port";

/// How an exchange failed, and whether a byte of the answer had come by then.
struct ExchangeFailure {
  Error error;
  bool answer_begun = false;
};

/// One TCP connection at a time, with TLS over it or not; blocking, each step with its time-out. Used by one
/// thread, but for `cancel`. The one place that instantiates Beast's client.
class HttpConnection {
 public:
  /// `options` are borrowed.
  explicit HttpConnection(const HttpClientOptions& options);

  bool is_open() const noexcept { return socket_.is_open(); }
  void close() noexcept;

  /// Looks up the host of `hop` and tries each of its addresses in turn. `peer` names it in errors.
  Result<void> connect(const Url& hop, const std::string& peer, const Deadline& deadline);

  /// Asks the proxy that it is connected to for a way to `authority` ("host:port").
  Result<void> tunnel(const std::string& authority, const std::string& proxy_authorization, const Deadline& deadline);

  /// Starts TLS and checks that the certificate is good for the host of `url`.
  Result<void> secure(const Url& url, std::shared_ptr<boost::asio::ssl::context> context, const Deadline& deadline);

  /// Sends a request with `target` in its first line and reads the answer. The connection is open afterwards
  /// if both sides keep it.
  Result<HttpResponse, ExchangeFailure> exchange(const HttpRequest& request, const std::string& target,
                                                 const HttpFields& more_fields, const Deadline& deadline);

  /// From any thread: what is under way, and all that follows, fails at once.
  void cancel() noexcept;

 private:
  template <class Start>
  boost::system::error_code run(Deadline::Clock::time_point until, const Start& start);
  template <class Stream, class Request>
  Result<HttpResponse, ExchangeFailure> exchange_over(Stream& stream, const Request& request,
                                                      std::size_t max_answer_bytes, const Deadline& deadline);
  Error failure(std::string_view doing, const boost::system::error_code& ec) const;
  Error unanswered(std::string_view doing, const boost::system::error_code& ec) const;

  const HttpClientOptions& options_;
  Resolver resolver_;
  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::socket socket_{io_};
  std::shared_ptr<boost::asio::ssl::context> tls_context_;
  std::unique_ptr<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;  // over the socket; null: plain
  boost::beast::flat_buffer buffer_;
  bool may_speak_tls_ = false;  // who is asked in clear, without a proxy, and has not answered yet
  std::string peer_;
  std::atomic<bool> cancelled_{false};
};

/// A client's TLS 1.2 or later that checks certificates against `ca_file` (PEM), or, where that is empty,
/// against the system's authorities. The host's name is for the connection to check.
Result<std::shared_ptr<boost::asio::ssl::context>> make_client_tls(const std::string& ca_file);

}  // namespace activitytrack
