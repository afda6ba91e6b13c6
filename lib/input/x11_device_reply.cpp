#include "input/x11_device_reply.hpp"

#include "core/text.hpp"

#include <string_view>

namespace activitytrack {
namespace {

constexpr std::size_t most_name_bytes = 128;

double to_double(xcb_input_fp3232_t value) { return value.integral + value.frac / 4294967296.0; }

/// The classes of one device, as they lie in the reply.
class Classes {
 public:
  Classes(const std::byte* begin, const std::byte* end, unsigned count) : at_(begin), end_(end), left_(count) {}

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

}  // namespace

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
    const bool master =
        info.type == XCB_INPUT_DEVICE_TYPE_MASTER_POINTER || info.type == XCB_INPUT_DEVICE_TYPE_MASTER_KEYBOARD;
    if (!master) devices.push_back(device);
  }
  return devices;
}

}  // namespace activitytrack
