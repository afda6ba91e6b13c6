#pragma once

#include <activitytrack/core/result.hpp>

#include "screen/session_lock.hpp"

#include <sys/types.h>

#include <optional>
#include <string>

namespace activitytrack {

/// Who is at the other end of a connection.
struct SocketPeer {
  bool local = false;  ///< by a unix socket of this machine
  uid_t user = 0;      ///< if it is
};
SocketPeer socket_peer(int fd);

/// Whether the screen of the X server `peer` may be taken by the user `own`: it must be a server of theirs,
/// or one of root's whose session, if logind knows it, is theirs. Else `permission`, with what to do.
Result<void> check_own_session(const std::string& display, const SocketPeer& peer,
                               const std::optional<DesktopSession>& session, uid_t own);

}  // namespace activitytrack
