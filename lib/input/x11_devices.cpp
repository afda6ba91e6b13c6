#include "input/x11_devices.hpp"

#include "input/x11_device_reply.hpp"

#include <xcb/xinput.h>

#include <algorithm>

namespace activitytrack {
namespace {

using x11::Owned;

/// The server marks its XTEST devices by a property that no client can set; it outweighs the name.
void read_xtest_marks(const x11::Connection& connection, std::vector<X11Device>& devices) {
  const xcb_atom_t mark = x11::intern_atom(connection, "XTEST Device");
  std::vector<xcb_input_xi_get_property_cookie_t> cookies;
  for (const auto& device : devices) {
    cookies.push_back(xcb_input_xi_get_property(connection.get(), device.id, 0, mark, XCB_GET_PROPERTY_TYPE_ANY, 0, 1));
  }
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const Owned<xcb_input_xi_get_property_reply_t> reply(
        xcb_input_xi_get_property_reply(connection.get(), cookies[i], nullptr));
    if (!reply || reply->format != 8 || reply->num_items < 1) continue;
    devices[i].synthetic = *static_cast<const std::uint8_t*>(xcb_input_xi_get_property_items(reply.get())) != 0;
  }
}

}  // namespace

double X11ScrollAxis::notches(double value) noexcept {
  const double change = absolute ? value - total : value;
  total = value;
  return change / increment;
}

Result<void> X11Devices::refresh(const x11::Connection& connection) {
  const auto cookie = xcb_input_xi_query_device(connection.get(), XCB_INPUT_DEVICE_ALL);
  const Owned<xcb_input_xi_query_device_reply_t> reply(
      xcb_input_xi_query_device_reply(connection.get(), cookie, nullptr));
  if (!reply) {
    if (auto alive = connection.alive(); !alive) return alive;
    return Error{ErrorCode::unsupported, "the X display " + connection.display() + " does not list its input devices"};
  }
  devices_ = read_devices(*reply);
  read_xtest_marks(connection, devices_);
  for (auto& device : devices_) device.pointing.mixed = device.synthetic;
  moves_silently_ = std::ranges::any_of(
      devices_, [](const X11Device& device) { return device.touchscreen || device.name.starts_with("xwayland-"); });
  return {};
}

X11Device* X11Devices::find(std::uint16_t id) noexcept {
  const auto found =
      std::find_if(devices_.begin(), devices_.end(), [id](const X11Device& device) { return device.id == id; });
  return found == devices_.end() ? nullptr : &*found;
}

}  // namespace activitytrack
