#include "http/session.hpp"

#include "http/problem.hpp"
#include "http/request_head.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <memory>

// The one file that instantiates Beast's server side; nothing else here costs as much to compile. Arguments
// of co_await are named first: gcc 12 destroys non-trivial temporaries there twice.

namespace activitytrack::server {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t first_read_bytes = 1024;        // what an idle connection holds
constexpr std::size_t body_buffer_bytes = 64 * 1024;  // while a body is read
constexpr std::chrono::seconds linger_timeout{5};

/// Starts a dispatch and resumes the coroutine, on its own thread, with the answer.
struct Dispatching {
  Dispatcher* dispatcher;
  const Route* route;
  const Request* request;

  template <class Resume>
  void operator()(Resume resume) const {
    const auto executor = asio::get_associated_executor(resume);
    const auto shared = std::make_shared<Resume>(std::move(resume));
    // The network's thread must not run out of work while an answer is on its way from another one.
    const auto work = asio::make_work_guard(executor);
    dispatcher->dispatch(*route, *request, [executor, work, shared](Response response) {
      asio::post(executor, [shared, response = std::move(response)]() mutable {
        std::move (*shared)(std::move(response));
      });
    });
  }
};

http::response<http::string_body> to_message(const Response& response, bool is_head) {
  http::response<http::string_body> message;
  message.result(static_cast<unsigned>(response.status));
  message.set(http::field::content_type, response.content_type);
  message.set(http::field::cache_control, "no-store");
  message.set("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : response.headers) message.set(name, value);
  if (!is_head) message.body() = response.body;
  message.content_length(response.body.size());
  return message;
}

}  // namespace

Session::Session(asio::ip::tcp::socket socket, const HttpLimits& limits, Dispatcher& dispatcher, Log& log)
    : stream_(std::move(socket)), limits_(limits), dispatcher_(dispatcher), log_(log) {}

asio::awaitable<void> Session::run() {
  bool open = true;
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
  boost::system::error_code ignored;
  stream_.socket().close(ignored);
}

asio::awaitable<bool> Session::wait_for_request() {
  if (buffer_.size() > 0) co_return true;
  if (buffer_.capacity() > body_buffer_bytes / 2) buffer_.shrink_to_fit();
  idle_ = true;
  stream_.expires_after(limits_.idle_timeout);
  const auto space = buffer_.prepare(first_read_bytes);
  const auto [error, size] = co_await stream_.async_read_some(space, as_result);
  idle_ = false;
  buffer_.commit(size);
  co_return !error;
}

/// One request on its way to its answer.
struct Session::Exchange {
  http::request_parser<http::string_body> parser;
  Request request;
  const Route* route = nullptr;
  Response response;
  bool reusable = true;  ///< whether it is certain where the next request begins

  bool keep_alive() const { return reusable && parser.is_done() && parser.get().keep_alive(); }

  Reading refuse(std::optional<Response> refusal) {
    reusable = false;
    if (!refusal) return Reading::lost;
    response = std::move(*refusal);
    return Reading::refused;
  }
};

asio::awaitable<bool> Session::serve_request() {
  Exchange exchange;
  const auto began = std::chrono::steady_clock::now();
  const Reading reading = co_await read_request(exchange);
  if (reading == Reading::lost) co_return false;
  if (reading == Reading::whole) exchange.response = co_await dispatch(*exchange.route, exchange.request);
  const auto took = std::chrono::steady_clock::now() - began;
  log_.debug("request", {{"method", std::string_view(exchange.request.method)},
                         {"route", exchange.route ? exchange.route->pattern : std::string_view()},
                         {"status", exchange.response.status},
                         {"us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()}});
  co_return co_await send_response(exchange);
}

asio::awaitable<Session::Reading> Session::read_request(Exchange& exchange) {
  auto& parser = exchange.parser;
  parser.header_limit(static_cast<std::uint32_t>(limits_.max_header_bytes));
  parser.body_limit(limits_.max_body_bytes);
  stream_.expires_after(limits_.header_timeout);
  const auto [head_error, head_size] = co_await http::async_read_header(stream_, buffer_, parser, as_result);
  if (head_error) co_return exchange.refuse(refuse_unreadable(head_error, seen()));
  const Reading head = read_route(exchange);
  if (head != Reading::whole || parser.is_done()) co_return head;

  stream_.expires_after(limits_.body_timeout);
  const bool waits = parser.get().version() >= 11 && parser.get().count(http::field::expect) > 0;
  if (waits && !co_await send_continue()) co_return Reading::lost;
  const auto left = parser.content_length_remaining().value_or(body_buffer_bytes);
  buffer_.reserve(std::min<std::size_t>(left, body_buffer_bytes));
  const auto [body_error, body_size] = co_await http::async_read(stream_, buffer_, parser, as_result);
  if (body_error) co_return exchange.refuse(refuse_unreadable(body_error, seen()));
  exchange.request.body = std::move(parser.get().body());
  co_return Reading::whole;
}

Session::Reading Session::read_route(Exchange& exchange) {
  const auto& head = exchange.parser.get().base();
  if (auto refused = refuse_head(head, limits_)) return exchange.refuse(std::move(refused));
  auto request = read_head(head);
  if (!request) return exchange.refuse(problem(400, request.error().message));
  exchange.request = std::move(*request);
  auto found = dispatcher_.find(exchange.request);
  if (auto* nothing = std::get_if<Response>(&found)) {
    exchange.response = std::move(*nothing);
    return Reading::refused;
  }
  exchange.route = std::get<const Route*>(found);
  return Reading::whole;
}

std::string_view Session::seen() const {
  const auto bytes = buffer_.cdata();
  return {static_cast<const char*>(bytes.data()), bytes.size()};
}

asio::awaitable<bool> Session::send_continue() {
  http::response<http::empty_body> go_on(http::status::continue_, 11);
  const auto [error, size] = co_await http::async_write(stream_, go_on, as_result);
  co_return !error;
}

asio::awaitable<bool> Session::send_response(const Exchange& exchange) {
  const bool keep_alive = exchange.keep_alive() && !stopping_;
  const auto& head = exchange.parser.get();
  auto message = to_message(exchange.response, head.method() == http::verb::head);
  message.version(head.version() == 10 ? 10 : 11);
  message.keep_alive(keep_alive);
  stream_.expires_after(limits_.write_timeout);
  const auto [error, size] = co_await http::async_write(stream_, message, as_result);
  if (error) co_return false;
  if (!keep_alive && !stopping_) co_await linger();
  co_return keep_alive;
}

/// Closing with bytes unread would reset the connection, and the client could lose the answer.
asio::awaitable<void> Session::linger() {
  boost::system::error_code error;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
  idle_ = true;
  stream_.expires_after(linger_timeout);
  while (!error) {
    buffer_.clear();
    const auto space = buffer_.prepare(first_read_bytes);
    const auto result = co_await stream_.async_read_some(space, as_result);
    error = std::get<0>(result);
  }
}

asio::awaitable<Response> Session::dispatch(const Route& route, const Request& request) {
  const Dispatching dispatching{&dispatcher_, &route, &request};
  return asio::async_initiate<const asio::use_awaitable_t<>, void(Response)>(dispatching,
                                                                             asio::use_awaitable);
}

}  // namespace activitytrack::server
