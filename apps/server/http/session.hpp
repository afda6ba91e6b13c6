#pragma once

#include "http/dispatcher.hpp"
#include "http/limits.hpp"

#include <activitytrack/core/log.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

namespace activitytrack::server {

/// One connection: reads requests one after the other, and writes their answers in the same order. Lives on
/// the network's thread.
class Session {
 public:
  /// `limits`, `dispatcher` and `log` are borrowed.
  Session(boost::asio::ip::tcp::socket socket, const HttpLimits& limits, Dispatcher& dispatcher, Log& log);

  /// Serves until either side closes, or a limit is broken.
  boost::asio::awaitable<void> run();

  /// Closes if no request is under way, else after its answer.
  void stop();

  /// Closes now.
  void close() noexcept;

 private:
  struct Exchange;
  enum class Reading {
    whole,    ///< ready for its handler
    refused,  ///< answered without one
    lost,     ///< the connection ended, or took too long
  };

  boost::asio::awaitable<bool> wait_for_request();
  boost::asio::awaitable<bool> serve_request();
  boost::asio::awaitable<Reading> read_request(Exchange& exchange);
  Reading read_route(Exchange& exchange);
  boost::asio::awaitable<bool> send_continue();
  boost::asio::awaitable<Response> dispatch(const Route& route, const Request& request);
  boost::asio::awaitable<bool> send_response(const Exchange& exchange);
  boost::asio::awaitable<void> linger();
  std::string_view seen() const;

  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;  ///< bytes read beyond the last request: the next one's
  const HttpLimits& limits_;
  Dispatcher& dispatcher_;
  Log& log_;
  bool idle_ = true;  ///< no request is under way
  bool stopping_ = false;
};

}  // namespace activitytrack::server
