#include "screen/session_lock.hpp"

#include <systemd/sd-login.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <utility>

namespace activitytrack {

/// A program that locks screens, and where it says whether it does. Its interface is called as the service.
struct ScreenSaverService {
  const char* service;
  const char* path;
};

namespace {

using namespace std::chrono_literals;

constexpr auto a_moment = 200ms;

struct FreeDeleter {
  void operator()(void* memory) const noexcept { std::free(memory); }
};
using Text = std::unique_ptr<char, FreeDeleter>;

constexpr auto screen_savers = std::to_array<ScreenSaverService>({
    {"org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"},
    {"org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"},
    {"org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"},
    {"org.mate.ScreenSaver", "/org/mate/ScreenSaver"},
    {"org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"},
});

dbus::Bus open(dbus::Which which) {
  auto bus = dbus::open_bus(which, a_moment);
  return bus ? std::move(*bus) : nullptr;
}

std::optional<DesktopSession> look_at(const char* id, std::string_view number) {
  char* text = nullptr;
  if (sd_session_get_display(id, &text) < 0) return std::nullopt;
  const Text display(text);
  if (display_number(display.get()) != number) return std::nullopt;
  char* state_text = nullptr;
  if (sd_session_get_state(id, &state_text) < 0) return std::nullopt;
  const Text state(state_text);
  DesktopSession session{id, 0};
  if (std::string_view(state.get()) == "closing" || sd_session_get_uid(id, &session.owner) < 0) return std::nullopt;
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
    const Text id(ids[i]);
    const auto session = look_at(id.get(), display_number(display));
    if (session && (!found || session->owner == preferred_owner)) found = session;
  }
  std::free(ids);
  return found;
}

LockedHint::LockedHint(std::optional<DesktopSession> session)
    : session_(std::move(session)), bus_(open(dbus::Which::system)) {}

std::optional<bool> LockedHint::ask() const {
  constexpr const char* sessions = "/org/freedesktop/login1/session";
  if (!bus_) return false;
  char* path = nullptr;
  if (sd_bus_path_encode(sessions, session_ ? session_->id.c_str() : "auto", &path) < 0) return false;
  const Text owned(path);
  const auto get = dbus::new_call(bus_, "org.freedesktop.login1", path, "org.freedesktop.DBus.Properties", "Get");
  if (!get) return false;
  sd_bus_message_append(get->get(), "ss", "org.freedesktop.login1.Session", "LockedHint");
  return dbus::call_for_bool(bus_, *get, a_moment);
}

SessionLock::SessionLock(std::optional<DesktopSession> session)
    : hint_(std::move(session)), desktop_(open(dbus::Which::session)) {
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
    for (const auto& saver : screen_savers) {
      if (std::string_view(saver.service) == name) savers_.push_back(&saver);
    }
  }
}

bool SessionLock::locked() {
  // Another session of its seat is shown.
  if (hint_.session() && sd_session_is_active(hint_.session()->id.c_str()) == 0) return true;
  // What is there and does not answer may be a locker that hangs.
  return hint_.ask().value_or(true) || (desktop_ && screen_saver_active());
}

bool SessionLock::screen_saver_active() {
  for (const ScreenSaverService* saver : savers_) {
    const auto ask = dbus::new_call(desktop_, saver->service, saver->path, saver->service, "GetActive");
    if (ask && dbus::call_for_bool(desktop_, *ask, a_moment).value_or(true)) return true;
  }
  return false;
}

}  // namespace activitytrack
