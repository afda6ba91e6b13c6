#pragma once

#include "x11/connection.hpp"

namespace activitytrack {

// Whether the monitors show something. Each asks the server and waits for its answer; a lost connection
// reads as no.

/// The server's own screen saver (MIT-SCREEN-SAVER) is on.
bool screen_saver_runs(const x11::Connection& connection);

/// The monitor stands by, sleeps or is off (DPMS).
bool monitor_sleeps(const x11::Connection& connection);

enum class XscreensaverState { off, blanked, locked };

/// What XScreenSaver says of itself: _SCREENSAVER_STATUS on the root window.
XscreensaverState xscreensaver_state(const x11::Connection& connection);

}  // namespace activitytrack
