#include "server/http/session.hpp"

#include "server/http/exchange.hpp"

#include <boost/asio/post.hpp>

namespace activitytrack::server {
namespace {

/// Requests that one client may have sent ahead before others have their turn.
constexpr unsigned max_unrested = 32;

}  // namespace

Session::Session(Socket socket, Edge& edge)
    : edge_(edge),
      connection_(std::move(socket), edge.config.tls, edge.stats),
      buffer_(edge.buffers),
      peer_(connection_.peer().to_string()),
      from_proxy_(!edge.config.proxies.empty() && edge.config.proxies.contains(connection_.peer())) {}

Task<void> Session::run() {
  bool open = co_await shake_hands();
  while (open && !stopping_) {
    open = co_await wait_for_request();
    if (open) open = co_await serve_request();
  }
  close();
}

void Session::stop() {
  stopping_ = true;
  if (idle_) close();
}

void Session::close() noexcept {
  connection_.finish();
  connection_.close();
}

void Session::check_deadline(Instant now) noexcept {
  if (now < deadline_) return;
  set_no_deadline();
  if (!idle_) HttpStats::add(edge_.stats.connections_timed_out);
  close();
}

Task<bool> Session::shake_hands() {
  if (!connection_.is_tls()) co_return true;
  set_deadline(edge_.config.limits.header_timeout);
  Io io = connection_.handshake();
  while (io.state == Io::State::want_read || io.state == Io::State::want_write) {
    const bool open = co_await connection_.wait(io.state);
    io = open ? connection_.handshake() : Io{};
  }
  const bool done = io.state == Io::State::done;
  HttpStats::add(done ? edge_.stats.tls_handshakes : edge_.stats.tls_failed);
  if (done && connection_.is_resumed()) HttpStats::add(edge_.stats.tls_resumed);
  co_return done;
}

Task<bool> Session::wait_for_request() {
  buffer_.release();
  if (!buffer_.empty() || connection_.has_unread()) {
    if (++unrested_ % max_unrested == 0) co_await boost::asio::post(use_task);
    co_return true;
  }
  idle_ = true;
  set_deadline(edge_.config.limits.idle_timeout);
  const bool open = co_await connection_.wait(Io::State::want_read);
  idle_ = false;
  co_return open;
}

Task<bool> Session::serve_request() {
  Exchange exchange(edge_);
  const Reading reading = co_await read_request(exchange);
  set_no_deadline();
  if (reading == Reading::lost) co_return false;
  if (reading == Reading::whole) co_await dispatch(exchange);
  note(exchange);
  const bool reusable = co_await send_answer(exchange);
  buffer_.consume(exchange.parsed);
  co_return reusable;
}

Task<void> Session::dispatch(Exchange& exchange) {
  // Two pointers, so that std::function needs no memory of its own.
  const auto answer = [this, &exchange](Response response) {
    exchange.response = std::move(response);
    edge_.wakeups.wake(waiter_);
  };
  edge_.dispatcher.dispatch(*exchange.route, exchange.request, answer);
  co_await waiter_.wait();
}

void Session::note(const Exchange& exchange) {
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  const auto took = duration_cast<microseconds>(std::chrono::steady_clock::now() - exchange.began);
  edge_.stats.count_answer(edge_.dispatcher.index_of(exchange.route), exchange.response.status, took);
  edge_.log.debug("request", {{"method", std::string_view(exchange.request.method)},
                              {"route", exchange.route ? exchange.route->pattern : std::string_view()},
                              {"status", exchange.response.status},
                              {"us", took.count()}});
}

}  // namespace activitytrack::server
