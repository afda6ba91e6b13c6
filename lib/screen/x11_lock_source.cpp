// Whether the session of an X display is locked: by logind (LockedHint), XScreenSaver, or the window of a known locker
// (i3lock, slock, ...) that covers the screen.
#include "screen/x11_lock_source.hpp"

#include <activitytrack/screen/screen_source.hpp>

#include "screen/session_lock.hpp"
#include "screen/x11_windows.hpp"
#include "x11/application.hpp"
#include "x11/window.hpp"

#include <unistd.h>

#include <utility>

namespace activitytrack {
namespace {

class X11LockSource final : public LockSource {
 public:
  explicit X11LockSource(x11::Connection connection)
      : connection_(std::move(connection)),
        windows_(connection_),
        saver_(connection_),
        hint_(find_session(connection_.display(), getuid())) {}

  Result<bool> locked() override {
    const x11::NoSigpipe guard;
    const auto status = x11::ask(connection_, connection_.root(), saver_.status);
    const bool shown = locked_by_window();
    const bool saved = read_xscreensaver(connection_, saver_, status) == XscreensaverState::locked;
    connection_.drop_events();
    if (auto alive = connection_.alive(); !alive) return alive.error();
    return shown || saved || hint_.ask().value_or(false);
  }

 private:
  bool locked_by_window() {
    const auto screen = screen_area(connection_);
    if (!screen) return false;
    x11::ProcessNames processes;
    return shows_locker(connection_, windows_, shown_windows(connection_, *screen), *screen, processes);
  }

  x11::Connection connection_;
  const x11::Atoms windows_;
  const XscreensaverAtoms saver_;
  const LockedHint hint_;
};

}  // namespace

Result<std::unique_ptr<LockSource>> make_lock_source(const std::string& display) {
  const x11::NoSigpipe guard;
  auto connection = x11::Connection::open(display);
  if (!connection) return connection.error();
  return std::make_unique<X11LockSource>(std::move(*connection));
}

XscreensaverAtoms::XscreensaverAtoms(const x11::Connection& connection)
    : status(x11::intern_atom(connection, "_SCREENSAVER_STATUS")), lock(x11::intern_atom(connection, "LOCK")) {}

XscreensaverState read_xscreensaver(const x11::Connection& connection, const XscreensaverAtoms& atoms,
                                    xcb_get_property_cookie_t asked) {
  // The first number is the atom BLANK or LOCK, or 0.
  const auto state = x11::Property(connection, asked).number().value_or(0);
  if (state == 0) return XscreensaverState::off;
  return state == atoms.lock ? XscreensaverState::locked : XscreensaverState::blanked;
}

X11BlankQuestion::X11BlankQuestion(const x11::Connection& connection, const XscreensaverAtoms& atoms)
    : connection_(connection), atoms_(atoms), status_(x11::ask(connection, connection.root(), atoms.status)) {
  auto* const xcb = connection.get();
  if (x11::find_extension(connection, xcb_screensaver_id)) {
    saver_ = xcb_screensaver_query_info(xcb, connection.root());
  }
  if (x11::find_extension(connection, xcb_dpms_id)) power_ = xcb_dpms_info(xcb);
}

bool X11BlankQuestion::blanked() {
  bool blanked = false;
  if (saver_) {
    const auto info = x11::reply_to<xcb_screensaver_query_info_reply>(connection_, *saver_);
    blanked = info && info->state == XCB_SCREENSAVER_STATE_ON;
  }
  if (power_) {
    const auto info = x11::reply_to<xcb_dpms_info_reply>(connection_, *power_);
    blanked |= info && info->state != 0 && info->power_level != XCB_DPMS_DPMS_MODE_ON;
  }
  return blanked;
}

}  // namespace activitytrack
