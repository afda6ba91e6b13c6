#pragma once

#include "dbus/bus.hpp"
#include "x11/connection.hpp"

#include <xcb/dpms.h>
#include <xcb/screensaver.h>

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

// What an X display says of its screen savers.

/// What XScreenSaver says of itself on the root window, as atoms.
struct XscreensaverAtoms {
  explicit XscreensaverAtoms(const x11::Connection& connection);

  xcb_atom_t status;
  xcb_atom_t lock;
};

enum class XscreensaverState { off, blanked, locked };

/// What the property `status` of the root window, asked for as `asked`, says.
XscreensaverState read_xscreensaver(const x11::Connection& connection, const XscreensaverAtoms& atoms,
                                    xcb_get_property_cookie_t asked);

/// Whether the monitors show something. It asks the server when it is made, and waits for each answer when
/// that is wanted, once; a lost connection answers no.
class X11BlankQuestion {
 public:
  X11BlankQuestion(const x11::Connection& connection, const XscreensaverAtoms& atoms);

  /// The server's own screen saver (MIT-SCREEN-SAVER) is on, or the monitor stands by, sleeps or is off (DPMS).
  bool blanked();

  XscreensaverState xscreensaver() { return read_xscreensaver(connection_, atoms_, status_); }

 private:
  const x11::Connection& connection_;
  const XscreensaverAtoms& atoms_;
  xcb_get_property_cookie_t status_;
  std::optional<xcb_screensaver_query_info_cookie_t> saver_;
  std::optional<xcb_dpms_info_cookie_t> power_;
};

}  // namespace activitytrack
