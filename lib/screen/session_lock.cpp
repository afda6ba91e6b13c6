#include "screen/session_lock.hpp"

#include <systemd/sd-login.h>

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

}  // namespace activitytrack
