#include "http/listener.hpp"

#include "http/listen_address.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <utility>

namespace activitytrack::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t max_turned_away = 64;
constexpr std::string_view too_many =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
    "Content-Type: application/problem+json\r\nContent-Length: 116\r\n\r\n"
    R"({"type":"about:blank","title":"Service Unavailable","status":503,"detail":"too many connections; come back later."})"
    "\n";

}  // namespace

Listener::Listener(asio::io_context& context, const HttpLimits& limits, Dispatcher& dispatcher, Log& log)
    : context_(context), limits_(limits), dispatcher_(dispatcher), log_(log), stop_timer_(context) {}

Result<std::string> Listener::listen(const tcp::endpoint& endpoint) {
  const auto acceptor = std::make_shared<Acceptor>(context_);
  boost::system::error_code error;
  const auto step = [&](auto&& action) {
    if (!error) action();
  };
  acceptor->open(endpoint.protocol(), error);
  step([&] { acceptor->set_option(tcp::acceptor::reuse_address(true), error); });
  step([&] {
    if (endpoint.address().is_v6()) acceptor->set_option(asio::ip::v6_only(true), error);
  });
  step([&] { acceptor->bind(endpoint, error); });
  step([&] { acceptor->listen(asio::socket_base::max_listen_connections, error); });
  if (error) {
    return Error{ErrorCode::io, "cannot listen on " + format_listen_address(endpoint) + ": " +
                                    error.message() + "; stop the other program or give another --listen"};
  }
  acceptors_.push_back(acceptor);
  asio::co_spawn(context_, accept(acceptor), asio::detached);
  return format_listen_address(acceptor->local_endpoint());
}

asio::awaitable<void> Listener::accept(std::shared_ptr<Acceptor> acceptor) {
  asio::steady_timer pause(context_);
  bool failing = false;
  while (!stopping_) {
    auto result = co_await acceptor->async_accept(as_result);
    if (stopping_) break;
    if (const auto error = std::get<0>(result)) {
      // Out of file descriptors, mostly: others must close first.
      if (!std::exchange(failing, true))
        log_.warning("cannot accept connections", {{"error", error.message()}});
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(as_result);
      continue;
    }
    failing = false;
    serve(std::move(std::get<1>(result)));
  }
}

void Listener::serve(Socket socket) {
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  if (sessions_.size() >= limits_.max_connections) {
    if (turned_away_ >= max_turned_away) return;
    ++turned_away_;
    asio::co_spawn(context_, turn_away(std::make_shared<Socket>(std::move(socket))),
                   [this](std::exception_ptr) { --turned_away_; });
    return;
  }
  const auto session = std::make_shared<Session>(std::move(socket), limits_, dispatcher_, log_);
  sessions_.insert(session);
  asio::co_spawn(context_, session->run(), [this, session](std::exception_ptr failure) {
    sessions_.erase(session);
    if (sessions_.empty()) stop_timer_.cancel();
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const std::exception& e) {
      log_.error("connection failed", {{"error", e.what()}});
    }
  });
}

/// Reads what the client has sent before closing: else the reset could overtake the answer.
asio::awaitable<void> Listener::turn_away(std::shared_ptr<Socket> socket) {
  asio::steady_timer deadline(context_, std::chrono::seconds(2));
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

void Listener::set_limits(const HttpLimits& limits) {
  const auto max_body_bytes = limits_.max_body_bytes;
  limits_ = limits;
  limits_.max_body_bytes = max_body_bytes;
}

void Listener::stop() {
  if (stopping_) return;
  stopping_ = true;
  boost::system::error_code ignored;
  for (const auto& acceptor : acceptors_) acceptor->close(ignored);
  for (const auto& session : sessions_) session->stop();
  if (sessions_.empty()) return;
  stop_timer_.expires_after(limits_.stop_timeout);
  stop_timer_.async_wait([this](boost::system::error_code cancelled) {
    if (!cancelled) close_all();
  });
}

void Listener::close_all() {
  for (const auto& session : sessions_) session->close();
}

}  // namespace activitytrack::server
