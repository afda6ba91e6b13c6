#include "screen/session_lock.hpp"

#include <systemd/sd-login.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <utility>

namespace activitytrack {

/// One that locks screens, and where it tells whether it does. Its interface is called as the service.
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

/// The boolean that an answer holds; false for any other, and where nobody is there to answer. Who is there
/// and says nothing may be a locker that hangs: true.
bool answers_true(const dbus::Bus& bus, Result<dbus::Message> message, const char* contents) {
  if (!message) return false;
  sd_bus_message_set_auto_start(message->get(), 0);
  const auto answer = dbus::call(bus, *message, a_moment);
  int yes = 0;
  if (!answer) return answer.error().code == ErrorCode::timeout;
  if (contents != nullptr && sd_bus_message_enter_container(answer->get(), 'v', contents) < 0) return false;
  return sd_bus_message_read_basic(answer->get(), 'b', &yes) > 0 && yes != 0;
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
  if (std::string_view(state.get()) == "closing" || sd_session_get_uid(id, &session.owner) < 0)
    return std::nullopt;
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

SessionLock::SessionLock(std::optional<DesktopSession> session)
    : session_(std::move(session)), system_(open(dbus::Which::system)), desktop_(open(dbus::Which::session)) {
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
  // Not the one of its seat that is shown.
  if (session_ && sd_session_is_active(session_->id.c_str()) == 0) return true;
  return (system_ && marked_as_locked()) || (desktop_ && screen_saver_active());
}

bool SessionLock::marked_as_locked() {
  constexpr const char* sessions = "/org/freedesktop/login1/session";
  char* path = nullptr;
  if (sd_bus_path_encode(sessions, session_ ? session_->id.c_str() : "auto", &path) < 0) return false;
  const Text owned(path);
  auto get =
      dbus::new_call(system_, "org.freedesktop.login1", path, "org.freedesktop.DBus.Properties", "Get");
  if (get) sd_bus_message_append(get->get(), "ss", "org.freedesktop.login1.Session", "LockedHint");
  return answers_true(system_, std::move(get), "b");
}

bool SessionLock::screen_saver_active() {
  for (const ScreenSaverService* saver : savers_) {
    auto ask = dbus::new_call(desktop_, saver->service, saver->path, saver->service, "GetActive");
    if (answers_true(desktop_, std::move(ask), nullptr)) return true;
  }
  return false;
}

}  // namespace activitytrack
