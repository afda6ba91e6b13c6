#pragma once

#include "dbus/bus.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// A session that logind knows.
struct DesktopSession {
  std::string id;
  uid_t owner = 0;
};

/// The session whose X display is `display` (":0", ":0.0", "unix:0"); of several, one of `preferred_owner`.
/// Nothing where logind is not there, or knows none.
std::optional<DesktopSession> find_session(std::string_view display, uid_t preferred_owner);

/// "0" of ":0.0"; "" if it is no display's name.
std::string_view display_number(std::string_view display) noexcept;

/// What logind says of a session: that it is locked. Most desktops and lockers say so.
class LockedHint {
 public:
  /// Without a session, the caller's own.
  explicit LockedHint(std::optional<DesktopSession> session);

  /// False where there is no logind; nothing if it does not answer in a moment.
  std::optional<bool> ask() const;

  const std::optional<DesktopSession>& session() const noexcept { return session_; }

 private:
  std::optional<DesktopSession> session_;
  dbus::Bus bus_;  ///< null where there is none
};

/// What the desktop says by D-Bus of whether its screen is locked. Asks only what runs: where there is no
/// bus, or no such service, it reads as not locked; a service that does not answer in a moment, as locked.
class SessionLock {
 public:
  /// `session` is the one that is asked for; without it, the caller's own.
  explicit SessionLock(std::optional<DesktopSession> session);

  bool locked();

 private:
  void find_screen_savers();

  LockedHint hint_;
  dbus::Bus desktop_;                ///< null where there is none
  std::vector<std::string> savers_;  ///< that are on the desktop's bus
};

}  // namespace activitytrack
