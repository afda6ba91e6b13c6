// pretend_desktop: on the bus of $DBUS_SESSION_BUS_ADDRESS, does as logind and a screen saver do, for tests.
// Prints "ready"; each line on standard input (hint, active, silent, visible) is the state from then on, and
// is repeated when it is in force. To "asked" it answers how often the hint was asked for. "sleep" and "wake" are
// announced as logind does; to "locks" it answers how many hold a sleep back.

#include <systemd/sd-bus.h>

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

struct Desktop {
  bool hint = false;    ///< logind's LockedHint
  bool active = false;  ///< of the screen saver
  bool silent = false;  ///< the screen saver does not answer
  int asked = 0;        ///< for the hint

  /// Of each lock on the sleep the end of a pipe whose other end its taker has.
  std::vector<int> locks{};

  int held() const {
    int held = 0;
    for (const int lock : locks) {
      pollfd one{lock, 0, 0};
      held += ::poll(&one, 1, 0) == 0;
    }
    return held;
  }
};

int take_lock(sd_bus_message* call, void* desktop, sd_bus_error*) {
  int ends[2];
  if (::pipe2(ends, 0) != 0) return -errno;
  static_cast<Desktop*>(desktop)->locks.push_back(ends[0]);
  const int sent = sd_bus_reply_method_return(call, "h", ends[1]);
  ::close(ends[1]);
  return sent;
}

int tell_hint(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void* desktop, sd_bus_error*) {
  auto& session = *static_cast<Desktop*>(desktop);
  ++session.asked;
  return sd_bus_message_append(reply, "b", session.hint ? 1 : 0);
}

int tell_active(sd_bus_message* call, void* user_data, sd_bus_error*) {
  const auto* const desktop = static_cast<Desktop*>(user_data);
  if (desktop->silent) return 1;
  return sd_bus_reply_method_return(call, "b", desktop->active ? 1 : 0);
}

const sd_bus_vtable session[] = {SD_BUS_VTABLE_START(0), SD_BUS_PROPERTY("LockedHint", "b", tell_hint, 0, 0),
                                 SD_BUS_VTABLE_END};
const sd_bus_vtable screen_saver[] = {SD_BUS_VTABLE_START(0),
                                      SD_BUS_METHOD("GetActive", "", "b", tell_active, SD_BUS_VTABLE_UNPRIVILEGED),
                                      SD_BUS_VTABLE_END};

const sd_bus_vtable manager[] = {SD_BUS_VTABLE_START(0),
                                 SD_BUS_METHOD("Inhibit", "ssss", "h", take_lock, SD_BUS_VTABLE_UNPRIVILEGED),
                                 SD_BUS_SIGNAL("PrepareForSleep", "b", 0), SD_BUS_VTABLE_END};

void must(int code, const char* what) {
  if (code >= 0) return;
  std::fprintf(stderr, "pretend_desktop: %s: %s\n", what, std::strerror(-code));
  std::exit(1);
}

void say(const char* what) {
  std::puts(what);
  std::fflush(stdout);
}

}  // namespace

int main() {
  Desktop desktop;
  sd_bus* opened = nullptr;
  must(sd_bus_open_user(&opened), "no bus");
  const std::unique_ptr<sd_bus, decltype(&sd_bus_flush_close_unref)> owner(opened, &sd_bus_flush_close_unref);
  sd_bus* const bus = owner.get();
  must(sd_bus_add_object_vtable(bus, nullptr, "/org/freedesktop/login1/session/auto", "org.freedesktop.login1.Session",
                                session, &desktop),
       "session");
  must(
      sd_bus_add_object_vtable(bus, nullptr, "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", screen_saver, &desktop),
      "screen saver");
  must(sd_bus_add_object_vtable(bus, nullptr, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", manager,
                                &desktop),
       "manager");
  for (const char* name : {"org.freedesktop.login1", "org.gnome.ScreenSaver"})
    must(sd_bus_request_name(bus, name, 0), name);
  say("ready");
  for (;;) {
    while (sd_bus_process(bus, nullptr) > 0) {
    }
    pollfd both[] = {{sd_bus_get_fd(bus), POLLIN, 0}, {0, POLLIN, 0}};
    ::poll(both, 2, -1);
    if (both[1].revents == 0) continue;
    char line[32];
    if (std::fgets(line, sizeof line, stdin) == nullptr) return 0;
    line[std::strcspn(line, "\n")] = '\0';
    const std::string state = line;
    if (state == "asked") {
      say(std::to_string(desktop.asked).c_str());
      continue;
    }
    if (state == "locks") {
      say(std::to_string(desktop.held()).c_str());
      continue;
    }
    if (state == "sleep" || state == "wake") {
      must(sd_bus_emit_signal(bus, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", "b",
                              state == "sleep" ? 1 : 0),
           "signal");
      say(line);
      continue;
    }
    desktop = {state == "hint", state == "active", state == "silent", desktop.asked, desktop.locks};
    say(line);
  }
}
