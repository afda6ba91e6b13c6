#include "control_client.hpp"

#include <boost/json.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace activitytrack::agent_app {

namespace {

struct Socket {
  int fd;
  ~Socket() { ::close(fd); }
};

Error failed(const AgentFiles& files, int errno_value) {
  if (errno_value == ENOENT || errno_value == ECONNREFUSED)
    return {ErrorCode::unavailable,
            "no agent is running for " + files.buffer.string() + "; start one with: activitytrack-agent run"};
  if (errno_value == EAGAIN)
    return {ErrorCode::timeout, "the agent does not answer on " + files.socket.string() + "; is it stopped?"};
  return system_error("cannot ask the agent on " + files.socket.string(), errno_value);
}

/// 0, or errno.
int connect_to(int fd, const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof address.sun_path) return ENAMETOOLONG;
  std::memcpy(address.sun_path, path.c_str(), path.native().size());
  timeval limit{control_timeout.count(), 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return errno;
  // In a folder that others may write to, anybody can listen.
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return errno;
  return peer.uid == ::geteuid() || ::geteuid() == 0 ? 0 : EACCES;
}

int send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    auto sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) return errno;
    if (sent > 0) text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return 0;
}

int receive_line(int fd, std::string& line) {
  char piece[4096];
  while (!line.ends_with('\n') && line.size() <= max_control_answer) {
    auto got = ::recv(fd, piece, sizeof piece, 0);
    if (got < 0 && errno != EINTR) return errno;
    if (got == 0) return ECONNRESET;
    if (got > 0) line.append(piece, static_cast<std::size_t>(got));
  }
  return line.ends_with('\n') ? 0 : EMSGSIZE;
}

/// The agent's own refusal becomes an error here.
Result<std::string> judge(std::string line) {
  boost::system::error_code failure;
  auto value = boost::json::parse(line, failure);
  const auto* object = failure ? nullptr : value.if_object();
  const auto* ok = object ? object->if_contains("ok") : nullptr;
  if (!ok || !ok->is_bool()) return Error{ErrorCode::corrupt, "the agent's answer is no JSON; restart it"};
  if (ok->get_bool()) return line;
  const auto* why = object->if_contains("error");
  return Error{ErrorCode::invalid_input, why && why->is_string() ? std::string(why->get_string()) : "refused"};
}

}  // namespace

Result<std::string> ask_agent(const AgentFiles& files, const ControlRequest& request) {
  Socket socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (socket.fd < 0) return system_error("cannot open a socket", errno);
  std::string line;
  int failure = connect_to(socket.fd, files.socket);
  if (failure == 0) failure = send_all(socket.fd, encode_request(request) + "\n");
  if (failure == 0) failure = receive_line(socket.fd, line);
  if (failure != 0) return failed(files, failure);
  line.pop_back();
  return judge(std::move(line));
}

}  // namespace activitytrack::agent_app
