#include "input/x11_event_reader.hpp"

#include <algorithm>
#include <limits>
#include <span>

namespace activitytrack {
namespace {

constexpr std::uint32_t first_wheel_button = 4;
constexpr std::uint32_t last_wheel_button = 7;

/// Calls `use(axis, value)` for each valuator that a raw event reports, by rising number. The values are
/// those after the server's acceleration and transformation, in which it moves the pointer.
///
/// After the event's head come a bit mask of valuators, a value (32.32 fixed point) for each bit that is
/// set, and the values before acceleration. A length that does not fit ends the walk.
template <class Use>
void for_each_valuator(const xcb_input_raw_motion_event_t& event, Use use) {
  const auto* const words = reinterpret_cast<const std::uint32_t*>(&event + 1);
  const std::size_t mask_words = event.valuators_len;
  if (mask_words > event.length) return;
  std::size_t at = mask_words;
  for (std::size_t axis = 0; axis < mask_words * 32; ++axis) {
    if ((words[axis / 32] >> (axis % 32) & 1) == 0) continue;
    if (at + 2 > event.length) return;
    use(static_cast<int>(axis), static_cast<std::int32_t>(words[at]) + words[at + 1] / 4294967296.0);
    at += 2;
  }
}

}  // namespace

void X11EventReader::read(const xcb_ge_generic_event_t& event, std::vector<InputSample>& out) {
  switch (event.event_type) {
    case XCB_INPUT_RAW_KEY_PRESS:
    case XCB_INPUT_RAW_KEY_RELEASE:
      return read_key(reinterpret_cast<const xcb_input_raw_key_press_event_t&>(event), out);
    case XCB_INPUT_RAW_BUTTON_PRESS:
    case XCB_INPUT_RAW_BUTTON_RELEASE:
      return read_button(reinterpret_cast<const xcb_input_raw_button_press_event_t&>(event), out);
    case XCB_INPUT_RAW_MOTION:
      return read_motion(reinterpret_cast<const xcb_input_raw_motion_event_t&>(event), out);
    case XCB_INPUT_HIERARCHY:
      return read_hierarchy(reinterpret_cast<const xcb_input_hierarchy_event_t&>(event));
    case XCB_INPUT_DEVICE_CHANGED: {
      // A master that turns to another of its slaves says so too; that changes no slave.
      const auto& changed = reinterpret_cast<const xcb_input_device_changed_event_t&>(event);
      if (changed.reason == XCB_INPUT_CHANGE_REASON_DEVICE_CHANGE) devices_.expire();
      return;
    }
  }
}

void X11EventReader::read_key(const xcb_input_raw_key_press_event_t& event, std::vector<InputSample>& out) {
  const bool press = event.event_type == XCB_INPUT_RAW_KEY_PRESS;
  InputSample key =
      sample(event.time, press ? InputKind::key_press : InputKind::key_release, devices_.device(event.sourceid));
  const auto slot =
      press ? keys_.press(key.device, event.detail, key.at) : keys_.release(key.device, event.detail, key.at);
  if (!slot) return;
  key.slot = *slot;
  out.push_back(key);
}

void X11EventReader::read_button(const xcb_input_raw_button_press_event_t& event, std::vector<InputSample>& out) {
  const bool press = event.event_type == XCB_INPUT_RAW_BUTTON_PRESS;
  const X11Device& source = devices_.device(event.sourceid);
  if (event.detail < first_wheel_button || event.detail > last_wheel_button) {
    out.push_back(sample(event.time, press ? InputKind::button_press : InputKind::button_release, source));
    out.back().slot = static_cast<std::uint16_t>(event.detail);
    return;
  }
  // Where the device has a scroll axis, the server sends the notch there too, in whichever form it came.
  const bool vertical = event.detail <= 5;
  if (!press || (vertical ? source.vertical : source.horizontal).exists()) return;
  out.push_back(sample(event.time, InputKind::scroll, source));
  if (vertical) {
    out.back().dy = event.detail == 4 ? 1 : -1;
  } else {
    out.back().dx = event.detail == 6 ? -1 : 1;
  }
}

void X11EventReader::read_motion(const xcb_input_raw_motion_event_t& event, std::vector<InputSample>& out) {
  X11Device& source = devices_.device(event.sourceid);
  constexpr float absent = std::numeric_limits<float>::quiet_NaN();
  float x = absent;
  float y = absent;
  double down = 0;
  double right = 0;
  for_each_valuator(event, [&](int axis, double value) {
    if (axis == source.vertical.number) {
      down = source.vertical.notches(value);
    } else if (axis == source.horizontal.number) {
      right = source.horizontal.notches(value);
    } else if (axis == 0) {
      x = static_cast<float>(value);
    } else if (axis == 1) {
      y = static_cast<float>(value);
    }
  });
  if (x == x || y == y) {
    out.push_back(sample(event.time, InputKind::motion, source));
    out.back().dx = x;
    out.back().dy = y;
  }
  if (down != 0 || right != 0) {
    out.push_back(sample(event.time, InputKind::scroll, source));
    out.back().dx = static_cast<float>(right);
    out.back().dy = static_cast<float>(-down);
  }
}

void X11EventReader::read_hierarchy(const xcb_input_hierarchy_event_t& event) {
  devices_.expire();
  const std::span infos(xcb_input_hierarchy_infos(&event), event.num_infos);
  if (event.length * 4 < infos.size_bytes()) return;
  const auto is_new_master = [&infos](xcb_input_device_id_t id) {
    return std::ranges::any_of(infos, [id](const auto& info) {
      return info.deviceid == id && (info.flags & XCB_INPUT_HIERARCHY_MASK_MASTER_ADDED) != 0;
    });
  };
  for (const auto& info : infos) {
    // The number may be given to another device later.
    if ((info.flags & XCB_INPUT_HIERARCHY_MASK_SLAVE_REMOVED) != 0) {
      devices_.remove(info.deviceid);
      keys_.forget(info.deviceid);
    }
    // A master is made by a program, and with it the server makes slaves of XTEST.
    if ((info.flags & XCB_INPUT_HIERARCHY_MASK_SLAVE_ADDED) != 0 && is_new_master(info.attachment))
      devices_.know_synthetic(info.deviceid);
  }
}

InputSample X11EventReader::sample(xcb_timestamp_t time, InputKind kind, const X11Device& device) {
  InputSample made = sample(time_.ticks(time, now_), kind);
  made.synthetic = device.synthetic;
  made.device = device.id;
  return made;
}

InputSample X11EventReader::sample(Ticks at, InputKind kind) {
  last_ = std::max(last_, at);
  InputSample made;
  made.at = last_;
  made.kind = kind;
  return made;
}

}  // namespace activitytrack
