#pragma once

#include "server/http/address_rate.hpp"
#include "server/http/session.hpp"

#include <activitytrack/core/result.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

namespace activitytrack::server {

/// Accepts connections and keeps their sessions. Everything runs on the thread that runs `context`.
class Listener {
 public:
  /// All but the configuration are borrowed.
  Listener(boost::asio::io_context& context, HttpConfig config, Dispatcher& dispatcher, HttpStats& stats, Log& log);

  /// Begins to accept. Returns the address in use, with the port that was found for 0.
  Result<std::string> listen(const boost::asio::ip::tcp::endpoint& endpoint, Offer offer = Offer::all);

  const HttpConfig& config() const { return edge_.config; }

  /// Holds from now on: limits for open connections too, all but the size of a body; proxies and TLS for new
  /// ones. The public origin and the access log stay; its file is opened anew.
  void configure(HttpConfig config);

  /// Accepts no more, closes idle connections, lets requests under way finish within the stop timeout, and
  /// closes what is left; calls `out_of_time` then, which ends what handlers may still wait for. The context runs
  /// out of work after that.
  void stop(std::function<void()> out_of_time = {});

 private:
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

  Task<void> accept(std::shared_ptr<Acceptor> acceptor, Offer offer);
  Task<void> turn_away(std::shared_ptr<Socket> socket);
  void serve(Socket socket, Offer offer);
  bool may_connect(const boost::asio::ip::address& peer);
  bool may_shake_hands(const boost::asio::ip::address& peer);
  void note_limit(std::string_view what, std::string_view setting, std::size_t limit);
  void apply_limits();
  void forget(const std::shared_ptr<Session>& session, std::exception_ptr failure);
  void watch_certificate(Session::Instant now);
  void tick();

  boost::asio::io_context& context_;
  Edge edge_;
  Timer ticks_;
  AddressRate handshakes_;
  Session::Instant limited_noted_{};    ///< when the log said last that an address is limited
  Session::Instant certificate_due_{};  ///< when it is looked at again
  std::vector<std::shared_ptr<Acceptor>> acceptors_;
  std::unordered_set<std::shared_ptr<Session>> sessions_;
  std::size_t turned_away_ = 0;  ///< connections that are still being answered 503
  bool stopping_ = false;
  Session::Instant stop_by_ = Session::Instant::max();
  std::function<void()> out_of_time_;
};

}  // namespace activitytrack::server
