#include "net/http_connection.hpp"

#include "net/address.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http.hpp>

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>

namespace activitytrack {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;
using Endpoints = std::vector<tcp::endpoint>;
using TimePoint = Deadline::Clock::time_point;
using ResponseParser = http::response_parser<http::string_body>;
using ExchangeResult = Result<HttpResponse, ExchangeFailure>;

constexpr int max_interim_answers = 8;  // 100 Continue, 103 Early Hints

Result<Endpoints> look_up(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  const int failed = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (failed != 0) return Error{ErrorCode::unavailable, "cannot look up " + host + ": " + gai_strerror(failed)};
  Endpoints found;
  for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
    tcp::endpoint endpoint;
    if (at->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), at->ai_addr, at->ai_addrlen);
    endpoint.resize(at->ai_addrlen);
    endpoint.port(port);
    found.push_back(endpoint);
  }
  freeaddrinfo(list);
  return found;
}

ErrorCode code_of(const error_code& ec) {
  if (ec == asio::error::timed_out) return ErrorCode::timeout;
  if (ec == http::error::end_of_stream || ec == http::error::partial_message) return ErrorCode::unavailable;
  if (ec.category() == http::make_error_code(http::error::end_of_stream).category()) {
    return ErrorCode::invalid_input;
  }
  return ErrorCode::unavailable;
}

std::string reason_of(const error_code& ec) {
  if (ec == asio::error::timed_out) return "it took too long";
  if (ec == asio::error::operation_aborted) return "cancelled";
  if (ec == asio::error::eof || ec == http::error::end_of_stream || ec == ssl::error::stream_truncated)
    return "it closed the connection";
  if (ec == http::error::partial_message) return "it closed the connection in the middle";
  return ec.message();
}

/// Whether the address is one of the internet's, or of this machine where the URL names that.
bool is_public_or_named(const tcp::endpoint& endpoint, const Url& url) {
  const auto address = endpoint.address();
  return is_public_address(address.to_string()) || (address.is_loopback() && is_loopback(url));
}

HttpResponse take_response(ResponseParser& parser) {
  HttpResponse response;
  auto message = parser.release();
  response.status = static_cast<int>(message.result_int());
  for (const auto& field : message) {
    response.fields.emplace_back(field.name_string(), field.value());
  }
  response.body = std::move(message.body());
  return response;
}

}  // namespace

struct Resolver::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  bool cancelled = false;
  int asked = 0;  // which lookup is waited for: an earlier one that was left behind answers in vain
  std::optional<Result<Endpoints>> answer;
};

Resolver::Resolver() : shared_(std::make_shared<Shared>()) {}
Resolver::~Resolver() = default;

Result<Endpoints> Resolver::resolve(const std::string& host, std::uint16_t port,
                                    std::chrono::steady_clock::time_point until) {
  error_code ec;
  if (const auto address = asio::ip::make_address(host, ec); !ec) {
    return Endpoints{tcp::endpoint(address, port)};
  }
  std::unique_lock lock(shared_->mutex);
  shared_->answer.reset();
  const int number = ++shared_->asked;
  auto work = [shared = shared_, number, host, port] {
    Result<Endpoints> found = look_up(host, port);
    std::lock_guard answering(shared->mutex);
    if (shared->asked != number) return;
    shared->answer = std::move(found);
    shared->changed.notify_all();
  };
  try {
    std::thread(std::move(work)).detach();
  } catch (const std::system_error& failure) {
    return Error{ErrorCode::unavailable, std::string("cannot start a thread: ") + failure.what()};
  }

  const bool in_time = shared_->changed.wait_until(lock, until, [&] { return shared_->answer || shared_->cancelled; });
  ++shared_->asked;
  if (shared_->cancelled) return Error{ErrorCode::unavailable, "cancelled"};
  if (!in_time) return Error{ErrorCode::timeout, "the name " + host + " was not looked up in time"};
  return std::move(*shared_->answer);
}

void Resolver::cancel() noexcept {
  std::lock_guard lock(shared_->mutex);
  shared_->cancelled = true;
  shared_->changed.notify_all();
}

Result<std::shared_ptr<ssl::context>> make_client_tls(const std::string& ca_file) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  boost::system::error_code ec;
  context->set_verify_mode(ssl::verify_peer, ec);
  if (!ec && ca_file.empty()) context->set_default_verify_paths(ec);
  if (!ec && !ca_file.empty()) context->load_verify_file(ca_file, ec);
  if (!ec) return context;
  const std::string source = ca_file.empty() ? "the system's certificate authorities" : "the CA file " + ca_file;
  return Error{ErrorCode::invalid_input, "cannot use " + source + ": " + ec.message()};
}

/// Runs one asynchronous operation until it ends or its time is up, in which case the socket_ is closed under
/// it: its handler, which refers to this frame, has always been called on return.
template <class Start>
error_code HttpConnection::run(TimePoint until, const Start& start) {
  if (cancelled_) return asio::error::operation_aborted;
  error_code result = asio::error::would_block;
  bool is_late = false;
  asio::steady_timer alarm(io_, until);  // io_context::run_until() would wake up each second
  alarm.async_wait([&](const error_code& stopped) {
    if (stopped) return;
    is_late = true;
    close();
  });
  start([&](const error_code& ec, auto&&...) {
    result = ec;
    alarm.cancel();
  });
  io_.restart();
  io_.run();
  if (is_late && result) result = asio::error::timed_out;
  return cancelled_ ? error_code(asio::error::operation_aborted) : result;
}

void HttpConnection::close() noexcept {
  error_code ignored;
  socket_.close(ignored);
}

Error HttpConnection::failure(std::string_view doing, const error_code& ec) const {
  return {code_of(ec), "cannot " + std::string(doing) + " " + peer_ + ": " + reason_of(ec)};
}

/// The failure of a request of which no answer came, or one that is no HTTP. A server of TLS that is asked in clear
/// answers by an alert, or only closes.
Error HttpConnection::unanswered(std::string_view doing, const error_code& ec) const {
  Error error = failure(doing, ec);
  if (!may_speak_tls_) return error;
  const std::string_view come(static_cast<const char*>(buffer_.data().data()), buffer_.size());
  if (come.starts_with("\x15\x03"))
    return {ErrorCode::unavailable, "cannot " + std::string(doing) + " " + peer_ + ": it " + std::string(speaks_https)};
  const bool closed = ec == asio::error::eof || ec == http::error::end_of_stream ||
                      ec == asio::error::connection_reset || ec == asio::error::broken_pipe;
  if (closed) error.message += " without an answer; if it speaks https there, the URL must begin with https://";
  return error;
}

template <class Stream, class Request>
ExchangeResult HttpConnection::exchange_over(Stream& stream, const Request& request, std::size_t max_answer_bytes,
                                             const Deadline& deadline) {
  http::request_serializer<http::span_body<const char>> serializer(request);
  const error_code sent = run(deadline.within(options_.timeouts.write),
                              [&](auto handler) { http::async_write(stream, serializer, std::move(handler)); });
  if (sent == asio::error::timed_out || sent == asio::error::operation_aborted) {
    return ExchangeFailure{failure("send to", sent)};
  }
  // Who refuses a body may close before taking all of it: the answer is there all the same.
  const TimePoint until = deadline.within(options_.timeouts.read);
  for (int interim = 0;; ++interim) {
    ResponseParser parser;
    parser.header_limit(static_cast<std::uint32_t>(options_.max_header_bytes));
    parser.body_limit(max_answer_bytes);
    parser.skip(request.method() == http::verb::head);
    const error_code read =
        run(until, [&](auto handler) { http::async_read(stream, buffer_, parser, std::move(handler)); });
    if (read) {
      const Error error = sent ? unanswered("send to", sent) : unanswered("read the answer of", read);
      return ExchangeFailure{error, parser.got_some() || interim > 0};
    }
    if (parser.get().result_int() / 100 == 1 && interim < max_interim_answers) continue;
    may_speak_tls_ = false;
    if (sent || !parser.keep_alive() || buffer_.size() > 0) close();
    return take_response(parser);
  }
}

HttpConnection::HttpConnection(const HttpClientOptions& options) : options_(options) {}

Result<void> HttpConnection::connect(const Url& hop, const std::string& peer, const Deadline& deadline) {
  auto endpoints = resolver_.resolve(hop.host, hop.port, deadline.within(options_.timeouts.resolve));
  if (!endpoints) return Error{endpoints.error().code, "cannot reach " + peer + ": " + endpoints.error().message};
  peer_ = peer;
  tls_.reset();
  buffer_.clear();
  const bool is_proxy = peer != hop.origin();
  may_speak_tls_ = !is_proxy;
  if (options_.only_public && !is_proxy) {
    std::erase_if(*endpoints, [&](const tcp::endpoint& endpoint) { return !is_public_or_named(endpoint, hop); });
    if (endpoints->empty())
      return Error{ErrorCode::unsupported, "cannot reach " + peer + ": it has an address of a private network"};
  }
  const TimePoint end = deadline.within(options_.timeouts.connect);
  error_code ec = asio::error::host_not_found;
  for (std::size_t i = 0; i < endpoints->size(); ++i) {
    close();
    // Each gets its share of the time, so that one that swallows packets does not starve the next.
    const TimePoint now = Deadline::Clock::now();
    const TimePoint until = now + (end - now) / static_cast<int>(endpoints->size() - i);
    ec = run(until, [&](auto handler) { socket_.async_connect((*endpoints)[i], std::move(handler)); });
    if (!ec || ec == asio::error::operation_aborted) break;
  }
  if (ec) {
    close();
    return failure("connect to", ec);
  }
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  return {};
}

Result<void> HttpConnection::tunnel(const std::string& authority, const std::string& proxy_authorization,
                                    const Deadline& deadline) {
  http::request<http::empty_body> request(http::verb::connect, authority, 11);
  request.set(http::field::host, authority);
  if (!proxy_authorization.empty()) request.set(http::field::proxy_authorization, proxy_authorization);
  http::response_parser<http::empty_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(options_.max_header_bytes));
  parser.skip(true);
  error_code ec = run(deadline.within(options_.timeouts.write),
                      [&](auto handler) { http::async_write(socket_, request, std::move(handler)); });
  if (!ec) {
    ec = run(deadline.within(options_.timeouts.read),
             [&](auto handler) { http::async_read_header(socket_, buffer_, parser, std::move(handler)); });
  }
  if (ec) return failure("get a tunnel from", ec);
  const unsigned status = parser.get().result_int();
  if (status / 100 == 2 && buffer_.size() == 0) return {};
  close();
  return Error{status == 407 ? ErrorCode::unauthorized : ErrorCode::unavailable,
               peer_ + " gives no tunnel to " + authority + ": it answered " + std::to_string(status) +
                   (status == 407 ? "; check the user and password in the proxy's URL" : "")};
}

Result<void> HttpConnection::secure(const Url& url, std::shared_ptr<asio::ssl::context> context,
                                    const Deadline& deadline) {
  const std::string& host = url.host;
  peer_ = url.origin();
  may_speak_tls_ = false;
  tls_context_ = std::move(context);
  tls_ = std::make_unique<ssl::stream<tcp::socket&>>(socket_, *tls_context_);
  SSL* const handle = tls_->native_handle();
  error_code not_an_address;
  asio::ip::make_address(host, not_an_address);
  if (not_an_address) {
    SSL_set_tlsext_host_name(handle, host.c_str());
    SSL_set1_host(handle, host.c_str());
  } else {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(handle), host.c_str());
  }
  const error_code ec = run(deadline.within(options_.timeouts.handshake), [&](auto handler) {
    tls_->async_handshake(asio::ssl::stream_base::client, std::move(handler));
  });
  if (!ec) return {};
  close();
  if (ec.category() == asio::error::get_ssl_category() && ERR_GET_REASON(ec.value()) == SSL_R_WRONG_VERSION_NUMBER)
    return Error{code_of(ec), peer_ + " seems to speak http and not https there: check the URL's scheme and port"};
  const long verdict = SSL_get_verify_result(handle);
  if (verdict == X509_V_OK) return failure("agree on TLS with", ec);
  return Error{ErrorCode::untrusted,
               "the certificate of " + host + " is not trusted: " + X509_verify_cert_error_string(verdict)};
}

ExchangeResult HttpConnection::exchange(const HttpRequest& request, const std::string& target,
                                        const HttpFields& more_fields, const Deadline& deadline) {
  http::request<http::span_body<const char>> message;
  message.version(11);
  message.method_string(request.method);
  message.target(target);
  message.set(http::field::host, request.url.authority());
  if (!options_.user_agent.empty()) message.set(http::field::user_agent, options_.user_agent);
  for (const HttpFields* fields : {&request.fields, &more_fields}) {
    for (const auto& [name, value] : *fields) message.insert(name, value);
  }
  message.body() = {request.body.data(), request.body.size()};
  message.prepare_payload();
  const std::size_t most = request.max_answer_bytes > 0 ? request.max_answer_bytes : options_.max_body_bytes;
  ExchangeResult result =
      tls_ ? exchange_over(*tls_, message, most, deadline) : exchange_over(socket_, message, most, deadline);
  if (!result) close();
  return result;
}

void HttpConnection::cancel() noexcept {
  cancelled_ = true;
  resolver_.cancel();
  asio::post(io_, [this] { close(); });
}

}  // namespace activitytrack
