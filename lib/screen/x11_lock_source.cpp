// Whether the session of an X display is locked: by logind (LockedHint), XScreenSaver, or the window of a known locker
// (i3lock, slock, ...) that covers the screen.
#include "screen/x11_lock_source.hpp"

#include "screen/x11_windows.hpp"
#include "x11/application.hpp"
#include "x11/window.hpp"

#include <activitytrack/screen/screen_source.hpp>

#include <systemd/sd-login.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <utility>

namespace activitytrack {
namespace {

using namespace std::chrono_literals;

constexpr auto a_moment = 200ms;

/// Services that lock screens. Their interfaces are called as they are, and so are their paths, with slashes.
constexpr auto screen_savers =
    std::to_array<std::string_view>({"org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver",
                                     "org.mate.ScreenSaver", "org.xfce.ScreenSaver"});

std::string path_of(std::string service) {
  std::ranges::replace(service, '.', '/');
  return "/" + service;
}

dbus::Bus open_if_there(dbus::Which which) {
  auto bus = dbus::open_bus(which, a_moment);
  return bus ? std::move(*bus) : nullptr;
}

/// The text, which is freed.
std::string taken(char* text) {
  std::string copy(text);
  std::free(text);
  return copy;
}

/// The session, if its display has that number and it is not ending.
std::optional<DesktopSession> look_at(const std::string& id, std::string_view number) {
  char* display = nullptr;
  if (sd_session_get_display(id.c_str(), &display) < 0 || display_number(taken(display)) != number) return std::nullopt;
  char* state = nullptr;
  if (sd_session_get_state(id.c_str(), &state) < 0 || taken(state) == "closing") return std::nullopt;
  DesktopSession session{id, 0};
  if (sd_session_get_uid(id.c_str(), &session.owner) < 0) return std::nullopt;
  return session;
}

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

std::string_view display_number(std::string_view display) noexcept {
  const auto colon = display.rfind(':');
  if (colon == std::string_view::npos) return {};
  display.remove_prefix(colon + 1);
  return display.substr(0, display.find('.'));
}

std::optional<DesktopSession> find_session(std::string_view display, uid_t preferred_owner) {
  char** ids = nullptr;
  const int count = sd_get_sessions(&ids);
  std::optional<DesktopSession> found;
  for (int i = 0; i < count; ++i) {
    const auto session = look_at(taken(ids[i]), display_number(display));
    if (session && (!found || session->owner == preferred_owner)) found = session;
  }
  std::free(ids);
  return found;
}

LockedHint::LockedHint(std::optional<DesktopSession> session)
    : session_(std::move(session)), bus_(open_if_there(dbus::Which::system)) {}

std::optional<bool> LockedHint::ask() const {
  constexpr const char* sessions = "/org/freedesktop/login1/session";
  if (!bus_) return false;
  char* path = nullptr;
  if (sd_bus_path_encode(sessions, session_ ? session_->id.c_str() : "auto", &path) < 0) return false;
  const auto get =
      dbus::new_call(bus_, "org.freedesktop.login1", taken(path).c_str(), "org.freedesktop.DBus.Properties", "Get");
  if (!get) return false;
  sd_bus_message_append(get->get(), "ss", "org.freedesktop.login1.Session", "LockedHint");
  return dbus::call_for_bool(bus_, *get, a_moment);
}

SessionLock::SessionLock(std::optional<DesktopSession> session)
    : hint_(std::move(session)), desktop_(open_if_there(dbus::Which::session)) {
  if (desktop_) find_screen_savers();
}

void SessionLock::find_screen_savers() {
  constexpr const char* bus = "org.freedesktop.DBus";
  const auto ask = dbus::new_call(desktop_, bus, "/org/freedesktop/DBus", bus, "ListNames");
  if (!ask) return;
  const auto names = dbus::call(desktop_, *ask, a_moment);
  if (!names || sd_bus_message_enter_container(names->get(), 'a', "s") < 0) return;
  const char* name = nullptr;
  while (sd_bus_message_read_basic(names->get(), 's', &name) > 0) {
    if (std::ranges::find(screen_savers, name) != screen_savers.end()) savers_.emplace_back(name);
  }
}

bool SessionLock::locked() {
  // Another session of its seat is shown.
  if (hint_.session() && sd_session_is_active(hint_.session()->id.c_str()) == 0) return true;
  // What is there and does not answer may be a locker that hangs.
  if (hint_.ask().value_or(true)) return true;
  return std::ranges::any_of(savers_, [&](const std::string& saver) {
    const auto ask = dbus::new_call(desktop_, saver.c_str(), path_of(saver).c_str(), saver.c_str(), "GetActive");
    return ask && dbus::call_for_bool(desktop_, *ask, a_moment).value_or(true);
  });
}

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
