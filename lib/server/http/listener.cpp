#include "server/http/listener.hpp"

#include "server/http/http_config.hpp"
#include "server/http/response_format.hpp"
#include "server/http/tls.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/write.hpp>

#include <utility>

namespace activitytrack::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t max_turned_away = 64;
constexpr std::chrono::minutes limited_note_interval{1};
constexpr std::chrono::hours certificate_watched_each{24};
constexpr std::chrono::days certificate_warned_before{14};
constexpr std::string_view too_many =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
    "Content-Type: application/problem+json\r\nContent-Length: 116\r\n\r\n"
    R"({"type":"about:blank","title":"Service Unavailable","status":503,"detail":"too many connections; come back later."})"
    "\n";

}  // namespace

Listener::Listener(asio::io_context& context, HttpConfig config, Dispatcher& dispatcher, HttpStats& stats, Log& log)
    : context_(context), edge_(context, dispatcher, stats, log), ticks_(context_) {
  edge_.config = std::move(config);
  apply_limits();
  tick();
}

void Listener::apply_limits() {
  const HttpLimits& limits = edge_.config.limits;
  edge_.body_budget.set(limits.max_bodies_bytes, limits.max_body_bytes);
  edge_.answer_budget.set(limits.max_answers_bytes, 0);
  handshakes_.set(limits.max_handshakes_per_min);
}

Result<std::string> Listener::listen(const tcp::endpoint& endpoint, Offer offer) {
  const auto acceptor = std::make_shared<Acceptor>(context_);
  try {
    acceptor->open(endpoint.protocol());
    acceptor->set_option(tcp::acceptor::reuse_address(true));
    if (endpoint.address().is_v6()) acceptor->set_option(asio::ip::v6_only(true));
    acceptor->bind(endpoint);
    acceptor->listen();
  } catch (const boost::system::system_error& e) {
    return listen_error(endpoint, e.code());
  }
  acceptors_.push_back(acceptor);
  asio::co_spawn(context_, accept(acceptor, offer), asio::detached);
  return format_listen_address(acceptor->local_endpoint());
}

Task<void> Listener::accept(std::shared_ptr<Acceptor> acceptor, Offer offer) {
  Timer pause(context_);
  bool failing = false;
  while (!stopping_) {
    auto result = co_await acceptor->async_accept(as_result);
    if (stopping_) break;
    if (const auto error = std::get<0>(result)) {
      // Out of file descriptors, mostly: others must close first.
      if (!std::exchange(failing, true)) edge_.log.warning("cannot accept connections", {{"error", error.message()}});
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(as_result);
      continue;
    }
    failing = false;
    try {
      serve(std::move(std::get<1>(result)), offer);
    } catch (const std::exception& e) {  // out of memory, mostly: others are served still
      edge_.log.error("connection not served", {{"error", e.what()}});
    }
  }
}

void Listener::serve(Socket socket, Offer offer) {
  boost::system::error_code error;
  socket.set_option(tcp::no_delay(true), error);
  socket.native_non_blocking(true, error);
  const auto peer = socket.remote_endpoint(error).address();
  if (error) return;
  HttpStats::add(edge_.stats.connections_accepted);
  if (!edge_.config.admits(peer)) return HttpStats::add(edge_.stats.connections_turned_away);
  if (!may_connect(peer)) {
    HttpStats::add(edge_.stats.connections_turned_away);
    if (turned_away_ >= max_turned_away || edge_.config.tls) return;
    asio::co_spawn(context_, turn_away(std::make_shared<Socket>(std::move(socket))),
                   [this](std::exception_ptr) { --turned_away_; });
    ++turned_away_;
    return;
  }
  if (edge_.config.tls && !may_shake_hands(peer)) return HttpStats::add(edge_.stats.tls_limited);
  const auto session = std::make_shared<Session>(std::move(socket), edge_, offer);
  sessions_.insert(session);
  HttpStats::add(edge_.stats.connections_now);
  const auto counted = counted_as(peer);
  edge_.connections.add(counted);
  const auto ended = [this, session, counted](std::exception_ptr failure) {
    edge_.connections.subtract(counted);
    forget(session, failure);
  };
  try {
    asio::co_spawn(context_, session->run(), ended);
  } catch (...) {
    ended(std::current_exception());
  }
}

/// A proxy's address stands for all its clients, here and below.
bool Listener::may_connect(const asio::ip::address& peer) {
  const HttpLimits& limits = edge_.config.limits;
  if (sessions_.size() - edge_.waiting >= limits.max_connections) return false;
  if (edge_.connections.of(counted_as(peer)) < limits.max_connections_per_address) return true;
  if (edge_.config.proxies.contains(peer)) return true;
  note_limit("an address has more connections than max_connections_per_address; they are refused",
             "max_connections_per_address", limits.max_connections_per_address);
  return false;
}

/// X-Forwarded-For names a proxy's client only after the handshake.
bool Listener::may_shake_hands(const asio::ip::address& peer) {
  const auto now = std::chrono::steady_clock::now();
  if (edge_.config.proxies.contains(peer) || handshakes_.admit(peer, now)) return true;
  note_limit("an address makes more TLS connections than max_handshakes_per_min; they are closed",
             "max_handshakes_per_min", edge_.config.limits.max_handshakes_per_min);
  return false;
}

void Listener::note_limit(std::string_view what, std::string_view setting, std::size_t limit) {
  const auto now = std::chrono::steady_clock::now();
  if (now - limited_noted_ < limited_note_interval) return;
  limited_noted_ = now;
  edge_.log.warning(what, {{setting, limit}});
}

void Listener::forget(const std::shared_ptr<Session>& session, std::exception_ptr failure) {
  sessions_.erase(session);
  HttpStats::subtract(edge_.stats.connections_now);
  if (stopping_ && sessions_.empty()) ticks_.cancel();
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    edge_.log.error("connection failed", {{"error", e.what()}});
  }
}

/// Reads what the client has sent before closing: else the reset could overtake the answer.
Task<void> Listener::turn_away(std::shared_ptr<Socket> socket) {
  Timer deadline(context_, std::chrono::seconds(2));
  deadline.async_wait([socket](boost::system::error_code) {
    boost::system::error_code ignored;
    socket->close(ignored);
  });
  const auto answer = asio::buffer(too_many);
  co_await asio::async_write(*socket, answer, as_result);
  boost::system::error_code error;
  socket->shutdown(tcp::socket::shutdown_send, error);
  char unread[512];
  const auto space = asio::buffer(unread);
  while (!error) {
    const auto result = co_await socket->async_read_some(space, as_result);
    error = std::get<0>(result);
  }
}

void Listener::configure(HttpConfig config) {
  config.limits.max_body_bytes = edge_.config.limits.max_body_bytes;
  config.public_origin = std::move(edge_.config.public_origin);
  config.access_log = std::move(edge_.config.access_log);
  if (config.access_log) config.access_log->reopen();
  edge_.config = std::move(config);
  certificate_due_ = {};
  apply_limits();
}

/// Tells /metrics until when the certificate is good, and each day the log, if that is soon.
void Listener::watch_certificate(Session::Instant now) {
  certificate_due_ = now + certificate_watched_each;
  const auto expires = edge_.config.tls->expires();
  edge_.stats.certificate_expires = static_cast<std::uint64_t>(expires.time_since_epoch().count());
  const auto left = expires - std::chrono::floor<std::chrono::seconds>(system_clock().now());
  if (left > certificate_warned_before) return;
  const std::string when = format_timestamp(expires);
  edge_.log.warning(
      left.count() > 0 ? "the TLS certificate expires soon: renew it, then send SIGHUP"
                       : "the TLS certificate has expired: renew it, then send SIGHUP",
      {{"expires", std::string_view(when)}, {"days", std::chrono::floor<std::chrono::days>(left).count()}});
}

/// One timer for all sessions: one of each connection's own would cost more than what it watches.
void Listener::tick() {
  const auto now = std::chrono::steady_clock::now();
  edge_.date = http_date(std::time(nullptr));
  handshakes_.forget_rested(now);
  edge_.dispatcher.give_up(now - edge_.config.limits.turn_timeout);
  edge_.refusals.tick(now);
  if (edge_.config.tls && now >= certificate_due_) watch_certificate(now);
  for (const auto& session : sessions_) {
    session->check_deadline(now);
    if (now >= stop_by_) session->close();
  }
  if (stopping_ && sessions_.empty()) return;
  if (now >= stop_by_ && out_of_time_) std::exchange(out_of_time_, {})();
  ticks_.expires_after(std::chrono::seconds(1));
  ticks_.async_wait([this](boost::system::error_code cancelled) {
    if (!cancelled) tick();
  });
}

void Listener::stop(std::function<void()> out_of_time) {
  if (stopping_) return;
  stopping_ = true;
  out_of_time_ = std::move(out_of_time);
  stop_by_ = std::chrono::steady_clock::now() + edge_.config.limits.stop_timeout;
  boost::system::error_code ignored;
  for (const auto& acceptor : acceptors_) acceptor->close(ignored);
  for (const auto& session : sessions_) session->stop();
  if (sessions_.empty()) ticks_.cancel();
}

}  // namespace activitytrack::server
