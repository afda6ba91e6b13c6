#include "server/http/connection.hpp"

#include "server/http/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>

namespace activitytrack::server {
namespace {

namespace asio = boost::asio;
using State = Io::State;

Io plain_result(ssize_t result, State want) {
  if (result > 0) return {State::done, static_cast<std::size_t>(result)};
  const bool later = result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
  return {later ? want : State::closed};
}

}  // namespace

void Connection::FreeTls::operator()(SSL* tls) const noexcept { SSL_free(tls); }

Connection::Connection(Socket socket, std::shared_ptr<const TlsContext> tls, HttpStats& stats)
    : socket_(std::move(socket)), context_(std::move(tls)), stats_(stats) {
  if (!context_) return;
  tls_.reset(SSL_new(context_->native()));
  if (!tls_ || SSL_set_fd(tls_.get(), socket_.native_handle()) != 1) throw std::bad_alloc();
  SSL_set_accept_state(tls_.get());
}

Connection::~Connection() = default;

/// What became of a call to OpenSSL, which counts its bytes.
template <class Call>
Io Connection::by_tls(Call call) {
  std::size_t bytes = 0;
  ERR_clear_error();
  const int result = call(bytes);
  if (result > 0) return {State::done, bytes};
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {State::want_read};
    case SSL_ERROR_WANT_WRITE:
      return {State::want_write};
    default:
      ERR_clear_error();
      return {State::closed};
  }
}

// A socket that is not open has no number any more: that may be another's by now.

Io Connection::handshake() {
  if (!tls_) return {State::done};
  if (!socket_.is_open()) return {};
  return by_tls([&](std::size_t&) { return SSL_do_handshake(tls_.get()); });
}

bool Connection::has_little_left() const { return SSL_get_finished(tls_.get(), nullptr, 0) > 0; }

Io Connection::read(std::span<char> into) {
  if (!socket_.is_open()) return {};
  const auto by_openssl = [&](std::size_t& bytes) { return SSL_read_ex(tls_.get(), into.data(), into.size(), &bytes); };
  const Io io = tls_ ? by_tls(by_openssl)
                     : plain_result(::recv(socket_.native_handle(), into.data(), into.size(), 0), State::want_read);
  HttpStats::add(stats_.bytes_received, io.bytes);
  return io;
}

Io Connection::write(std::string_view from) {
  if (!socket_.is_open()) return {};
  const auto by_openssl = [&](std::size_t& bytes) {
    return SSL_write_ex(tls_.get(), from.data(), from.size(), &bytes);
  };
  const Io io =
      tls_ ? by_tls(by_openssl)
           : plain_result(::send(socket_.native_handle(), from.data(), from.size(), MSG_NOSIGNAL), State::want_write);
  HttpStats::add(stats_.bytes_sent, io.bytes);
  return io;
}

Task<bool> Connection::wait(State want) {
  const auto event = want == State::want_write ? Socket::wait_write : Socket::wait_read;
  const auto result = co_await socket_.async_wait(event, as_result);
  co_return !std::get<0>(result);
}

void Connection::end_wait() noexcept {
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

Io Connection::peek() {
  if (!socket_.is_open()) return {};
  char next;
  if (tls_) return by_tls([&](std::size_t& bytes) { return SSL_peek_ex(tls_.get(), &next, 1, &bytes); });
  return plain_result(::recv(socket_.native_handle(), &next, 1, MSG_PEEK), State::want_read);
}

bool Connection::has_unread() const { return tls_ && SSL_has_pending(tls_.get()) == 1; }

bool Connection::is_resumed() const { return tls_ && SSL_session_reused(tls_.get()) == 1; }

asio::ip::address Connection::peer() const {
  boost::system::error_code error;
  return socket_.remote_endpoint(error).address();
}

void Connection::finish() noexcept {
  if (!socket_.is_open()) return;
  if (tls_ && SSL_is_init_finished(tls_.get())) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());
    ERR_clear_error();
  }
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

Io Connection::discard() {
  char unread[16 * 1024];
  return plain_result(::recv(socket_.native_handle(), unread, sizeof(unread), 0), State::want_read);
}

void Connection::close() noexcept {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace activitytrack::server
