// What doctor looks at on an X11 display.
#include "doctor.hpp"

#include <activitytrack/core/utf8.hpp>
#include <activitytrack/input/input_source.hpp>

#include "desktop/x11_window.hpp"
#include "input/x11_devices.hpp"

namespace activitytrack::agent_app {

namespace {

Check check_devices(const x11::Connection& connection) {
  Check check{.name = "input devices", .text = {}};
  X11Devices devices;
  auto looked = devices.refresh(connection);
  if (looked)
    if (auto source = make_x11_input_source(""); !source) looked = source.error();
  if (!looked) {
    check.ok = false;
    check.text = looked.error().message;
    return check;
  }
  int real = 0, synthetic = 0;
  for (const auto& device : devices.all()) ++(device.synthetic ? synthetic : real);
  check.ok = real > 0;
  check.text = std::to_string(real) + ", and " + std::to_string(synthetic) + " that X makes for programs";
  if (!check.ok)
    check.text += "; only scripted input can be seen here: is it a display without keyboard and mouse?";
  return check;
}

Check check_window_manager(const x11::Connection& connection) {
  X11Atoms atoms(connection);
  auto window = find_window_manager(connection, atoms);
  if (window == XCB_NONE)
    return {"window manager", false,
            "none that follows EWMH; the focus is then told by the window alone: start one, openbox say"};
  auto name = clean_utf8(window_title(connection, atoms, window), 64);
  return {"window manager", true, name.empty() ? "follows EWMH" : name};
}

}  // namespace

std::vector<Check> check_display() {
  const char* name = std::getenv("DISPLAY");
  if (!name || !*name)
    return {{"display", false, "DISPLAY is not set; run in a desktop session, or set it to that session's"}};
  auto connection = x11::Connection::open("");
  if (!connection) return {{"display", false, connection.error().message}};
  return {{"display", true, name}, check_devices(*connection), check_window_manager(*connection)};
}

}  // namespace activitytrack::agent_app
