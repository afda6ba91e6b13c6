#include "screen/x11_own_session.hpp"

#include <sys/socket.h>

namespace activitytrack {
namespace {

Error not_own(const std::string& display, const std::string& why) {
  return Error{ErrorCode::permission, "no screenshots of the X display " + display + ": " + why};
}

std::string belongs_to(const char* what, uid_t owner, uid_t own) {
  return std::string(what) + " belongs to user " + std::to_string(owner) + ", and this program runs as user " +
         std::to_string(own) + "; run it in the session whose screen it may take";
}

}  // namespace

SocketPeer socket_peer(int fd) {
  int family = 0;
  socklen_t size = sizeof family;
  if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0 || family != AF_UNIX) return {};
  ucred peer{};
  size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return {};
  return {true, peer.uid};
}

Result<void> check_own_session(const std::string& display, const SocketPeer& peer,
                               const std::optional<DesktopSession>& session, uid_t own) {
  if (!peer.local) {
    return not_own(display,
                   "it is reached over a network and may be another machine's; set $DISPLAY to this machine's "
                   "own, for example :0");
  }
  if (peer.user == own) return {};
  if (peer.user != 0) return not_own(display, belongs_to("it", peer.user, own));
  if (session && session->owner != own) return not_own(display, belongs_to("its session", session->owner, own));
  return {};
}

}  // namespace activitytrack
