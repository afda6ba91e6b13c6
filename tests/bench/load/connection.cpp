#include "connection.hpp"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace activitytrack::load {
namespace {

constexpr long would_block = -1, broken = -2;

using AddressList = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

bool set_address(Target& target) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(target.url.port);
  if (::getaddrinfo(target.url.host.c_str(), port.c_str(), &hints, &found) != 0) return false;
  const AddressList list(found, ::freeaddrinfo);
  std::memcpy(&target.address, found->ai_addr, found->ai_addrlen);
  target.address_size = found->ai_addrlen;
  return true;
}

long outcome_of(SSL* tls, int result) {
  const int error = SSL_get_error(tls, result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return would_block;
  return error == SSL_ERROR_ZERO_RETURN ? 0 : broken;
}

long outcome_of(long result) {
  if (result >= 0) return result;
  return errno == EAGAIN || errno == ENOTCONN ? would_block : broken;
}

}  // namespace

Result<Target> make_target(std::string_view text) {
  auto url = parse_url(text);
  if (!url) return url.error();
  Target target;
  target.url = std::move(*url);
  if (!set_address(target)) {
    return Error{ErrorCode::invalid_input, "no address is known for " + target.url.host};
  }
  if (target.url.secure()) {
    target.tls.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_mode(target.tls.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  }
  return target;
}

Connection::State Connection::send(std::string_view head, std::string_view body) {
  out_.assign(head).append(body);
  sent_ = 0;
  in_.clear();
  busy_ = true;
  if (!fd_ && !open()) return lose();
  return flush() ? State::busy : last_words();
}

Connection::State Connection::progress() {
  if (!fd_) return State::closed;
  return flush() ? receive() : last_words();
}

/// A server may answer before it has read all, and close.
Connection::State Connection::last_words() {
  const State state = receive();
  return state == State::answered || !fd_ ? state : lose();
}

void Connection::close() {
  tls_.reset();
  fd_ = UniqueFd();
  busy_ = false;
}

Connection::State Connection::lose() {
  const bool was_busy = busy_;
  close();
  return was_busy ? State::lost : State::closed;
}

bool Connection::open() {
  fd_ = UniqueFd(::socket(target_.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd_) return false;
  const int yes = 1;
  ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u32 = token_;
  const auto* address = reinterpret_cast<const sockaddr*>(&target_.address);
  if (::connect(fd_.get(), address, target_.address_size) != 0 && errno != EINPROGRESS) return false;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd_.get(), &event) != 0) return false;
  if (target_.tls) {
    tls_.reset(SSL_new(target_.tls.get()));
    SSL_set_fd(tls_.get(), fd_.get());
    SSL_set_tlsext_host_name(tls_.get(), target_.url.host.c_str());
    SSL_set_connect_state(tls_.get());
  }
  return true;
}

long Connection::read_some(char* to, std::size_t size) {
  if (!tls_) return outcome_of(::recv(fd_.get(), to, size, 0));
  const int count = SSL_read(tls_.get(), to, static_cast<int>(size));
  return count > 0 ? count : outcome_of(tls_.get(), count);
}

long Connection::write_some(const char* from, std::size_t size) {
  if (!tls_) return outcome_of(::send(fd_.get(), from, size, MSG_NOSIGNAL));
  const int count = SSL_write(tls_.get(), from, static_cast<int>(size));
  return count > 0 ? count : outcome_of(tls_.get(), count);
}

bool Connection::flush() {
  while (sent_ < out_.size()) {
    const long count = write_some(out_.data() + sent_, out_.size() - sent_);
    if (count == would_block) return true;
    if (count <= 0) return false;
    sent_ += static_cast<std::size_t>(count);
  }
  return true;
}

Connection::State Connection::receive() {
  std::array<char, 16384> space;
  while (true) {
    const long count = read_some(space.data(), space.size());
    if (count == would_block) return busy_ ? State::busy : State::idle;
    if (count <= 0 || !busy_) return lose();
    const std::string_view piece(space.data(), static_cast<std::size_t>(count));
    if (!in_.empty()) in_.append(piece);
    const auto answer = parse_answer(in_.empty() ? piece : in_);
    if (!answer) {
      if (in_.empty()) in_.assign(piece);
      continue;
    }
    if (answer->status == 0) return lose();
    answer_ = *answer;
    busy_ = false;
    if (!answer_.keep_alive || sent_ < out_.size()) close();
    return State::answered;
  }
}

}  // namespace activitytrack::load
