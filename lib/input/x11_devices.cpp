#include "input/x11_devices.hpp"

#include <activitytrack/core/utf8.hpp>

#include <xcb/xinput.h>

#include <algorithm>
#include <string_view>

namespace activitytrack {
namespace {

using x11::Owned;

constexpr std::size_t most_name_bytes = 128;

double to_double(xcb_input_fp3232_t value) { return value.integral + value.frac / 4294967296.0; }

/// The classes of one device, as they lie in the reply.
class Classes {
 public:
  Classes(const std::byte* begin, const std::byte* end, unsigned count)
      : at_(begin), end_(end), left_(count) {}

  /// The next class; null at the end, or where the reply breaks off.
  const xcb_input_device_class_t* next() {
    if (left_ == 0 || end_ - at_ < static_cast<std::ptrdiff_t>(sizeof(xcb_input_device_class_t)))
      return nullptr;
    const auto* const found = reinterpret_cast<const xcb_input_device_class_t*>(at_);
    const std::ptrdiff_t bytes = found->len * 4;
    if (bytes == 0 || bytes > end_ - at_) return nullptr;
    at_ += bytes;
    --left_;
    return found;
  }

  const std::byte* position() const { return at_; }

 private:
  const std::byte* at_;
  const std::byte* end_;
  unsigned left_;
};

void read_valuator(const xcb_input_valuator_class_t& valuator, X11Device& device) {
  if (valuator.number > 1) return;
  const double min = to_double(valuator.min);
  const double max = to_double(valuator.max);
  auto& axis = valuator.number == 0 ? device.pointing.x : device.pointing.y;
  if (max > min) axis = {min, max - min + 1};
  device.pointing.absolute = device.pointing.absolute || valuator.mode == XCB_INPUT_VALUATOR_MODE_ABSOLUTE;
  device.pointer = true;
}

void read_scroll(const xcb_input_scroll_class_t& scroll, X11Device& device) {
  const bool vertical = scroll.scroll_type == XCB_INPUT_SCROLL_TYPE_VERTICAL;
  auto& axis = vertical ? device.vertical : device.horizontal;
  axis.number = scroll.number;
  axis.increment = to_double(scroll.increment);
  if (axis.increment == 0) axis.increment = 1;
}

/// A scroll axis is a valuator too, which says in what way it reports.
void read_scroll_mode(const xcb_input_valuator_class_t& valuator, X11ScrollAxis& axis) {
  if (axis.number != valuator.number) return;
  axis.absolute = valuator.mode == XCB_INPUT_VALUATOR_MODE_ABSOLUTE;
  axis.total = to_double(valuator.value);
}

void read_classes(Classes classes, Classes again, X11Device& device) {
  while (const auto* found = classes.next()) {
    if (found->type == XCB_INPUT_DEVICE_CLASS_TYPE_VALUATOR) {
      read_valuator(*reinterpret_cast<const xcb_input_valuator_class_t*>(found), device);
    } else if (found->type == XCB_INPUT_DEVICE_CLASS_TYPE_SCROLL) {
      read_scroll(*reinterpret_cast<const xcb_input_scroll_class_t*>(found), device);
    } else if (found->type == XCB_INPUT_DEVICE_CLASS_TYPE_TOUCH) {
      const auto& touch = *reinterpret_cast<const xcb_input_touch_class_t*>(found);
      device.touchscreen = touch.mode == XCB_INPUT_TOUCH_MODE_DIRECT;
    }
  }
  while (const auto* found = again.next()) {
    if (found->type != XCB_INPUT_DEVICE_CLASS_TYPE_VALUATOR) continue;
    const auto& valuator = *reinterpret_cast<const xcb_input_valuator_class_t*>(found);
    read_scroll_mode(valuator, device.vertical);
    read_scroll_mode(valuator, device.horizontal);
  }
}

std::vector<X11Device> read_devices(const xcb_input_xi_query_device_reply_t& reply) {
  std::vector<X11Device> devices;
  const auto* at = reinterpret_cast<const std::byte*>(&reply + 1);
  const auto* const end = at + std::size_t{reply.length} * 4;
  for (unsigned i = 0; i < reply.num_infos; ++i) {
    if (end - at < static_cast<std::ptrdiff_t>(sizeof(xcb_input_xi_device_info_t))) break;
    const auto& info = *reinterpret_cast<const xcb_input_xi_device_info_t*>(at);
    const auto* const name = at + sizeof(info);
    const std::ptrdiff_t name_bytes = (info.name_len + 3) / 4 * 4;
    if (end - name < name_bytes) break;
    X11Device device;
    device.id = device.pointing.id = info.deviceid;
    const std::string_view whole_name(reinterpret_cast<const char*>(name), info.name_len);
    device.name = clean_utf8(whole_name, most_name_bytes);
    device.synthetic = whole_name.find("XTEST") != std::string_view::npos;
    Classes classes(name + name_bytes, end, info.num_classes);
    read_classes(classes, classes, device);
    while (classes.next() != nullptr) {
    }
    at = classes.position();
    const bool master = info.type == XCB_INPUT_DEVICE_TYPE_MASTER_POINTER ||
                        info.type == XCB_INPUT_DEVICE_TYPE_MASTER_KEYBOARD;
    if (!master) devices.push_back(device);
  }
  return devices;
}

/// The server marks its XTEST devices by a property that no client can set; it outweighs the name.
void read_xtest_marks(const x11::Connection& connection, std::vector<X11Device>& devices) {
  const xcb_atom_t mark = x11::intern_atom(connection, "XTEST Device");
  std::vector<xcb_input_xi_get_property_cookie_t> cookies;
  for (const auto& device : devices) {
    cookies.push_back(
        xcb_input_xi_get_property(connection.get(), device.id, 0, mark, XCB_GET_PROPERTY_TYPE_ANY, 0, 1));
  }
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const Owned<xcb_input_xi_get_property_reply_t> reply(
        xcb_input_xi_get_property_reply(connection.get(), cookies[i], nullptr));
    if (!reply || reply->format != 8 || reply->num_items < 1) continue;
    devices[i].synthetic =
        *static_cast<const std::uint8_t*>(xcb_input_xi_get_property_items(reply.get())) != 0;
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
    return Error{ErrorCode::unsupported,
                 "the X display " + connection.display() + " does not list its input devices"};
  }
  devices_ = read_devices(*reply);
  read_xtest_marks(connection, devices_);
  for (auto& device : devices_) device.pointing.mixed = device.synthetic;
  moves_silently_ = std::ranges::any_of(devices_, [](const X11Device& device) {
    return device.touchscreen || device.name.starts_with("xwayland-");
  });
  return {};
}

X11Device* X11Devices::find(std::uint16_t id) noexcept {
  const auto found = std::find_if(devices_.begin(), devices_.end(),
                                  [id](const X11Device& device) { return device.id == id; });
  return found == devices_.end() ? nullptr : &*found;
}

}  // namespace activitytrack
