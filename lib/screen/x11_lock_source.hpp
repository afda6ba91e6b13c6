#pragma once

#include "x11/connection.hpp"

#include <xcb/dpms.h>
#include <xcb/screensaver.h>

#include <optional>

namespace activitytrack {

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
