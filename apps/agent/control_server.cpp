#include "control_server.hpp"

#include "control.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace activitytrack::agent_app {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr int max_sessions = 8;

bool is_own_user(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == ::geteuid() || peer.uid == 0);
}

/// One request and its answer. It keeps itself alive until both are done or their time is over.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(asio::local::stream_protocol::socket socket, ControlServer::Answer answer, std::shared_ptr<void> counted)
      : socket_(std::move(socket)), answer_(std::move(answer)), counted_(std::move(counted)) {}

  void start() {
    deadline_.async_wait([weak = weak_from_this()](error_code failure) {
      error_code ignored;
      if (auto self = weak.lock(); self && !failure) self->socket_.close(ignored);
    });
    asio::async_read_until(socket_, asio::dynamic_buffer(request_, max_control_request), '\n',
                           [self = shared_from_this()](error_code failure, std::size_t length) {
                             if (!failure) self->reply(length);
                           });
  }

 private:
  void reply(std::size_t length) {
    text_ = answer_(std::string_view(request_).substr(0, length - 1)) + '\n';
    asio::async_write(socket_, asio::buffer(text_),
                      [self = shared_from_this()](error_code, std::size_t) { self->deadline_.cancel(); });
  }

  asio::local::stream_protocol::socket socket_;
  asio::steady_timer deadline_{socket_.get_executor(), control_timeout};
  ControlServer::Answer answer_;
  std::shared_ptr<void> counted_;
  std::string request_;
  std::string text_;
};

}  // namespace

Result<std::unique_ptr<ControlServer>> ControlServer::open(asio::io_context& io, std::filesystem::path path,
                                                           Answer answer, Log& log) {
  std::unique_ptr<ControlServer> server(new ControlServer(io, std::move(path), std::move(answer), log));
  if (auto listening = server->listen(); !listening) return listening.error();
  server->accept();
  return server;
}

ControlServer::~ControlServer() {
  if (acceptor_.is_open()) ::unlink(path_.c_str());
}

Result<void> ControlServer::listen() {
  if (::unlink(path_.c_str()) != 0 && errno != ENOENT) {
    const bool is_else = errno == EISDIR || errno == ENOTDIR || errno == EPERM;
    return is_else ? system_error("cannot make a socket of " + path_.string() + ", which is something else", errno)
                   : system_error("cannot make a socket at " + path_.string(), errno);
  }
  error_code failure;
  // From the first moment on, only this user may connect.
  auto old_mask = ::umask(0177);
  acceptor_.open(Protocol(), failure);
  if (!failure) acceptor_.bind(path_.string(), failure);
  ::umask(old_mask);
  if (!failure) acceptor_.listen(max_sessions, failure);
  if (!failure) return {};
  error_code ignored;
  acceptor_.close(ignored);
  return system_error("cannot listen on " + path_.string(), failure.value());
}

void ControlServer::accept() {
  acceptor_.async_accept([this](error_code failure, Protocol::socket socket) {
    if (failure == asio::error::operation_aborted) return;
    if (!failure) {
      if (is_own_user(socket.native_handle()) && session_.use_count() <= max_sessions)
        std::make_shared<Session>(std::move(socket), answer_, session_)->start();
      return accept();
    }
    // For example out of descriptors: trying again at once would spin.
    log_.warning("cannot accept a control connection", {{"error", failure.message()}});
    retry_.expires_after(std::chrono::seconds(1));
    retry_.async_wait([this](error_code aborted) {
      if (!aborted) accept();
    });
  });
}

}  // namespace activitytrack::agent_app
