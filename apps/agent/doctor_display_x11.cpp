// What doctor looks at on an X11 display.
#include "agent_parts.hpp"
#include "core/text.hpp"
#include "doctor.hpp"
#include "input/x11_devices.hpp"
#include "x11/window.hpp"

#include <activitytrack/input/input_source.hpp>

#include <cstdlib>

namespace activitytrack::agent_app {
namespace {

Check check_devices(const x11::Connection& connection) {
  auto devices = list_x11_devices(connection);
  if (devices)
    if (auto source = make_input_source(""); !source) devices = source.error();
  if (!devices) return {"input devices", Finding::wrong, devices.error().message};
  int real = 0, synthetic = 0;
  for (const auto& device : *devices) ++(device.synthetic ? synthetic : real);
  auto text = std::to_string(real) + ", and " + std::to_string(synthetic) + " that X makes for programs";
  if (real == 0) text += "; only scripted input can be seen here: is it a display without keyboard and mouse?";
  return {"input devices", real > 0 ? Finding::ok : Finding::wrong, text};
}

/// The window that the manager put up for its name. find_window_manager() also requires that it names the active
/// window, which none does on a desktop that is still empty.
xcb_window_t manager_window(const x11::Connection& connection, const x11::Atoms& atoms) {
  auto asked =
      xcb_get_property(connection.get(), 0, connection.root(), atoms.net_supporting_wm_check, XCB_ATOM_WINDOW, 0, 1);
  x11::Owned<xcb_get_property_reply_t> reply(xcb_get_property_reply(connection.get(), asked, nullptr));
  if (!reply || xcb_get_property_value_length(reply.get()) != sizeof(xcb_window_t)) return XCB_NONE;
  return *static_cast<const xcb_window_t*>(xcb_get_property_value(reply.get()));
}

Check check_window_manager(const x11::Connection& connection) {
  x11::Atoms atoms(connection);
  auto window = manager_window(connection, atoms);
  if (window == XCB_NONE)
    return {"window manager", Finding::wrong,
            "none that follows EWMH; only the input focus then shows which window is active: start one, for example "
            "openbox"};
  auto name = clean_utf8(x11::window_title(connection, atoms, window), 64);
  return {"window manager", Finding::ok, name.empty() ? "follows EWMH" : name};
}

std::vector<Check> without_display(std::string what) {
  std::vector<Check> checks{{"display", Finding::wrong, std::move(what)}};
  for (const char* name : {"input devices", "window manager"})
    checks.push_back({name, Finding::unchecked, "it belongs to the display"});
  return checks;
}

}  // namespace

std::vector<Check> check_display() {
  if (!has_display()) {
    return without_display(is_wayland_session()
                               ? "a Wayland session without Xwayland (DISPLAY is not set): no input can be counted "
                                 "there; sign in to a session on X11"
                               : "DISPLAY is not set; run in a desktop session, or set it to that session's");
  }
  auto connection = x11::Connection::open("");
  if (!connection) return without_display(connection.error().message);
  Check display{"display", Finding::ok, std::getenv("DISPLAY")};
  if (is_wayland_session())
    display = {"display", Finding::note,
               display.text + "; " + std::string(counted_on_wayland) + "; to count all, sign in to a session on X11"};
  return {display, check_devices(*connection), check_window_manager(*connection)};
}

}  // namespace activitytrack::agent_app
