#include "input/x11_devices.hpp"

#include "core/text.hpp"

#include <xcb/xinput.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace activitytrack {
namespace {

constexpr std::size_t most_device_name_bytes = 128;

double to_double(xcb_input_fp3232_t value) { return value.integral + value.frac / 4294967296.0; }

/// The classes of one device, as they lie in the reply.
class DeviceClasses {
 public:
  DeviceClasses(const std::byte* begin, const std::byte* end, unsigned count) : at_(begin), end_(end), left_(count) {}

  /// The next class; null at the end, or where the reply breaks off.
  const xcb_input_device_class_t* next() {
    if (left_ == 0 || end_ - at_ < static_cast<std::ptrdiff_t>(sizeof(xcb_input_device_class_t))) return nullptr;
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

void read_classes(DeviceClasses classes, DeviceClasses again, X11Device& device) {
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

/// The slave devices in the server's reply, synthetic by their name; a reply that breaks off gives those
/// before.
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
    device.name = clean_utf8(whole_name, most_device_name_bytes);
    device.synthetic = whole_name.find("XTEST") != std::string_view::npos;
    DeviceClasses classes(name + name_bytes, end, info.num_classes);
    read_classes(classes, classes, device);
    while (classes.next() != nullptr) {
    }
    at = classes.position();
    const bool master =
        info.type == XCB_INPUT_DEVICE_TYPE_MASTER_POINTER || info.type == XCB_INPUT_DEVICE_TYPE_MASTER_KEYBOARD;
    if (!master) devices.push_back(std::move(device));
  }
  return devices;
}

/// The server marks its XTEST devices by a property that no client can set; it outweighs the name.
void read_xtest_marks(const x11::Connection& connection, std::vector<X11Device>& devices) {
  const xcb_atom_t mark = x11::intern_atom(connection, "XTEST Device");
  std::vector<xcb_input_xi_get_property_cookie_t> cookies;
  for (const auto& device : devices) {
    cookies.push_back(xcb_input_xi_get_property(connection.get(), device.id, 0, mark, XCB_GET_PROPERTY_TYPE_ANY, 0, 1));
  }
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const auto reply = x11::reply_to<xcb_input_xi_get_property_reply>(connection, cookies[i]);
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

Result<std::vector<X11Device>> list_x11_devices(const x11::Connection& connection) {
  const auto cookie = xcb_input_xi_query_device(connection.get(), XCB_INPUT_DEVICE_ALL);
  const auto reply = x11::reply_to<xcb_input_xi_query_device_reply>(connection, cookie);
  if (!reply) {
    if (auto alive = connection.alive(); !alive) return alive.error();
    return Error{ErrorCode::unsupported, "the X display " + connection.display() + " does not list its input devices"};
  }
  auto devices = read_devices(*reply);
  read_xtest_marks(connection, devices);
  for (auto& device : devices) device.pointing.mixed = device.synthetic;
  return devices;
}

void X11Devices::refresh_if_stale() {
  if (!std::exchange(stale_, false)) return;
  auto found = list_x11_devices(connection_);
  if (!found) return;  // a lost connection shows at the end of the drain
  devices_ = std::move(*found);
  std::vector<InputDevice> present;
  for (const auto& known : devices_) {
    if (known.pointer) track_.describe(known.pointing);
    present.push_back({known.id, known.name, known.synthetic});
  }
  news_.update(present);
}

X11Device& X11Devices::device(std::uint16_t id) {
  refresh_if_stale();
  if (const auto known = std::ranges::find(devices_, id, &X11Device::id); known != devices_.end()) return *known;
  unknown_ = {};
  unknown_.id = id;
  unknown_.synthetic = id < synthetic_.size() && synthetic_[id];
  return unknown_;
}

void X11Devices::know_synthetic(std::uint16_t id) noexcept {
  if (id < synthetic_.size()) synthetic_.set(id);
}

void X11Devices::remove(std::uint16_t id) {
  if (id < synthetic_.size()) synthetic_.reset(id);
  news_.remove(id);
  track_.forget(id);
}

bool X11Devices::moves_silently() const noexcept {
  return std::ranges::any_of(
      devices_, [](const X11Device& device) { return device.touchscreen || device.name.starts_with("xwayland-"); });
}

}  // namespace activitytrack
