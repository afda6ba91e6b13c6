#pragma once

#include "http/session.hpp"

#include <activitytrack/core/result.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace activitytrack::server {

/// Accepts connections and keeps their sessions. Everything runs on the thread that runs `context`.
class Listener {
 public:
  /// All but the limits are borrowed.
  Listener(boost::asio::io_context& context, const HttpLimits& limits, Dispatcher& dispatcher, Log& log);

  /// Begins to accept. Gives the address in use, with the port that was found for 0.
  Result<std::string> listen(const boost::asio::ip::tcp::endpoint& endpoint);

  /// Holds from now on, for open connections too; all but the size of a body.
  void set_limits(const HttpLimits& limits);

  /// Accepts no more, closes idle connections, lets requests under way finish within the stop timeout, and
  /// closes what is left. The context runs out of work then.
  void stop();

 private:
  using Socket = boost::asio::ip::tcp::socket;
  using Acceptor = boost::asio::ip::tcp::acceptor;

  boost::asio::awaitable<void> accept(std::shared_ptr<Acceptor> acceptor);
  boost::asio::awaitable<void> turn_away(std::shared_ptr<Socket> socket);
  void serve(Socket socket);
  void close_all();

  boost::asio::io_context& context_;
  HttpLimits limits_;
  Dispatcher& dispatcher_;
  Log& log_;
  boost::asio::steady_timer stop_timer_;
  std::vector<std::shared_ptr<Acceptor>> acceptors_;
  std::set<std::shared_ptr<Session>> sessions_;
  std::size_t turned_away_ = 0;  ///< still being told so
  bool stopping_ = false;
};

}  // namespace activitytrack::server
