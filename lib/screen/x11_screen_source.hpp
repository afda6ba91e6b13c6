#pragma once

#include <activitytrack/core/result.hpp>
#include <activitytrack/screen/screen_source.hpp>

#include "screen/x11_lock_source.hpp"

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

namespace activitytrack {

/// The ways in which pixels may come, for tests: a server's best is taken of those allowed.
struct X11Ways {
  bool render = true;         ///< scaled by the server
  bool shared_memory = true;  ///< MIT-SHM, not as a reply
  bool descriptors = true;    ///< MIT-SHM 1.2, not System V
};

Result<std::unique_ptr<ScreenSource>> make_screen_source(const std::string& display, Log& log, const X11Ways& allowed);

/// Who is at the other end of a connection.
struct SocketPeer {
  bool local = false;  ///< by a unix socket of this machine
  uid_t user = 0;      ///< if it is
};
SocketPeer socket_peer(int fd);

/// Whether the user `own` may take the screen of the X server `peer`: it must be a server of theirs,
/// or one of root's whose session, if logind knows it, is theirs. Else `permission`, with what to do.
Result<void> check_own_session(const std::string& display, const SocketPeer& peer,
                               const std::optional<DesktopSession>& session, uid_t own);

}  // namespace activitytrack
