#include <activitytrack/input/input_source.hpp>

#include "input/device_news.hpp"
#include "input/key_slots.hpp"
#include "input/pointer_track.hpp"
#include "input/warp_watch.hpp"
#include "input/x11_devices.hpp"
#include "input/x11_raw_event.hpp"
#include "x11/connection.hpp"
#include "x11/no_sigpipe.hpp"
#include "x11/server_time.hpp"

#include <xcb/randr.h>
#include <xcb/xinput.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace activitytrack {
namespace {

using x11::Owned;
using Batch = std::vector<InputSample>;

constexpr std::uint32_t first_wheel_button = 4;
constexpr std::uint32_t last_wheel_button = 7;

/// Questions for the pointer's place in one drain. One is enough unless input comes while it is answered.
constexpr int most_rounds = 3;

class X11InputSource final : public InputSource {
 public:
  X11InputSource(x11::Connection connection, x11::ServerTime time, std::uint8_t xinput_opcode)
      : connection_(std::move(connection)), time_(time), xinput_opcode_(xinput_opcode) {
    const auto& screen = connection_.screen();
    track_.set_screen(screen.width_in_pixels, screen.height_in_pixels);
  }

  Result<void> start();
  int fd() const noexcept override { return connection_.fd(); }
  Result<void> drain(ClockReading now, Batch& out) override;
  std::vector<InputDevice> take_devices() override { return news_.take(); }

 private:
  std::size_t settle(std::size_t first, Batch& out);
  void watch_for_warps(Batch& out);
  void take(const xcb_generic_event_t& event, Batch& out);
  void take_xinput(const xcb_ge_generic_event_t& event, Batch& out);
  void take_key(const xcb_input_raw_key_press_event_t& event, Batch& out);
  void take_button(const xcb_input_raw_button_press_event_t& event, Batch& out);
  void take_motion(const xcb_input_raw_motion_event_t& event, Batch& out);
  void take_hierarchy(const xcb_input_hierarchy_event_t& event);

  void refresh_devices();
  X11Device& device(std::uint16_t id);
  InputSample sample(xcb_timestamp_t time, InputKind kind, const X11Device& device);
  InputSample sample(Ticks at, InputKind kind);

  x11::Connection connection_;
  x11::ServerTime time_;
  const std::uint8_t xinput_opcode_;
  X11Devices devices_;
  bool devices_stale_ = true;
  DeviceNews news_;
  X11Device unknown_device_;
  KeySlots keys_;
  PointerTrack track_;
  std::optional<PointerTrack::Point> pointer_;  ///< where the server said last that it is
  WarpWatch warps_;
  Ticks now_{};   ///< of the present drain
  Ticks last_{};  ///< no sample is older than the one before
};

void select_events(const x11::Connection& connection) {
  struct Mask {
    xcb_input_event_mask_t head;
    std::uint32_t bits;
  };
  const Mask masks[] = {
      {{XCB_INPUT_DEVICE_ALL, 1}, XCB_INPUT_XI_EVENT_MASK_HIERARCHY | XCB_INPUT_XI_EVENT_MASK_DEVICE_CHANGED},
      // Of the masters alone: of all devices, each event would come twice.
      {{XCB_INPUT_DEVICE_ALL_MASTER, 1},
       XCB_INPUT_XI_EVENT_MASK_RAW_KEY_PRESS | XCB_INPUT_XI_EVENT_MASK_RAW_KEY_RELEASE |
           XCB_INPUT_XI_EVENT_MASK_RAW_BUTTON_PRESS | XCB_INPUT_XI_EVENT_MASK_RAW_BUTTON_RELEASE |
           XCB_INPUT_XI_EVENT_MASK_RAW_MOTION}};
  xcb_input_xi_select_events(connection.get(), connection.root(), std::size(masks), &masks[0].head);
  const std::uint32_t resizes = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
  xcb_change_window_attributes(connection.get(), connection.root(), XCB_CW_EVENT_MASK, &resizes);
  const auto* const randr = xcb_get_extension_data(connection.get(), &xcb_randr_id);
  if (randr == nullptr || randr->present == 0) return;
  xcb_randr_select_input(connection.get(), connection.root(),
                         XCB_RANDR_NOTIFY_MASK_SCREEN_CHANGE | XCB_RANDR_NOTIFY_MASK_CRTC_CHANGE);
}

std::optional<PointerTrack::Point> pointer_of(const xcb_query_pointer_reply_t* reply) {
  if (reply == nullptr || reply->same_screen == 0) return std::nullopt;
  return PointerTrack::Point{static_cast<double>(reply->root_x), static_cast<double>(reply->root_y)};
}

Result<void> X11InputSource::start() {
  select_events(connection_);
  refresh_devices();
  const auto cookie = xcb_query_pointer(connection_.get(), connection_.root());
  const Owned<xcb_query_pointer_reply_t> reply(xcb_query_pointer_reply(connection_.get(), cookie, nullptr));
  if (const auto pointer = pointer_of(reply.get())) track_.set_position(*pointer);
  return connection_.alive();
}

Result<void> X11InputSource::drain(ClockReading now, Batch& out) {
  const x11::NoSigpipe guard;
  now_ = now.ticks;
  std::size_t settled = out.size();
  while (const auto event = connection_.next()) take(*event, out);
  if (devices_stale_) refresh_devices();
  int rounds = 0;
  do settled = settle(settled, out);
  while (++rounds < most_rounds && settled < out.size());
  track_.resolve(std::span(out).subspan(settled), std::nullopt);
  watch_for_warps(out);
  keys_.forget_released(now_);
  return connection_.alive();
}

/// Learns where the pointer is, and turns what devices reported from `first` on into movement. Returns
/// the end of that: what the server sent after its answer, while this waited for it, is only taken.
std::size_t X11InputSource::settle(std::size_t first, Batch& out) {
  const auto cookie = xcb_query_pointer(connection_.get(), connection_.root());
  const Owned<xcb_query_pointer_reply_t> reply(xcb_query_pointer_reply(connection_.get(), cookie, nullptr));
  const auto before_reply = [&cookie](const xcb_generic_event_t& event) {
    return static_cast<std::int32_t>(event.full_sequence - cookie.sequence) < 0;
  };
  auto event = connection_.next_queued();
  for (; event && before_reply(*event); event = connection_.next_queued()) take(*event, out);
  const std::size_t end = out.size();
  pointer_ = pointer_of(reply.get());
  track_.resolve(std::span(out).subspan(first), end > first ? pointer_ : std::nullopt);
  for (; event; event = connection_.next_queued()) take(*event, out);
  return end;
}

/// After all that came with this drain was taken.
void X11InputSource::watch_for_warps(Batch& out) {
  if (devices_.moves_silently()) return;
  const auto by = warps_.look(now_, pointer_);
  if (!by) return;
  track_.set_position(*pointer_);
  out.push_back(sample(now_, InputKind::motion));
  InputSample& warp = out.back();
  warp.synthetic = true;
  warp.device = pointer_warps;
  warp.dx = static_cast<float>(by->x);
  warp.dy = static_cast<float>(by->y);
}

void X11InputSource::take(const xcb_generic_event_t& event, Batch& out) {
  warps_.disturb(now_);
  if (x11::event_type(event) == XCB_GE_GENERIC) {
    const auto& generic = reinterpret_cast<const xcb_ge_generic_event_t&>(event);
    if (generic.extension == xinput_opcode_) take_xinput(generic, out);
  } else if (x11::event_type(event) == XCB_CONFIGURE_NOTIFY) {
    const auto& resized = reinterpret_cast<const xcb_configure_notify_event_t&>(event);
    if (resized.window == connection_.root()) track_.set_screen(resized.width, resized.height);
  }
}

void X11InputSource::take_xinput(const xcb_ge_generic_event_t& event, Batch& out) {
  switch (event.event_type) {
    case XCB_INPUT_RAW_KEY_PRESS:
    case XCB_INPUT_RAW_KEY_RELEASE:
      return take_key(reinterpret_cast<const xcb_input_raw_key_press_event_t&>(event), out);
    case XCB_INPUT_RAW_BUTTON_PRESS:
    case XCB_INPUT_RAW_BUTTON_RELEASE:
      return take_button(reinterpret_cast<const xcb_input_raw_button_press_event_t&>(event), out);
    case XCB_INPUT_RAW_MOTION:
      return take_motion(reinterpret_cast<const xcb_input_raw_motion_event_t&>(event), out);
    case XCB_INPUT_HIERARCHY:
      return take_hierarchy(reinterpret_cast<const xcb_input_hierarchy_event_t&>(event));
    case XCB_INPUT_DEVICE_CHANGED: {
      // A master that turns to another of its slaves tells so too; that changes no slave.
      const auto& changed = reinterpret_cast<const xcb_input_device_changed_event_t&>(event);
      if (changed.reason == XCB_INPUT_CHANGE_REASON_DEVICE_CHANGE) devices_stale_ = true;
      return;
    }
  }
}

void X11InputSource::take_key(const xcb_input_raw_key_press_event_t& event, Batch& out) {
  const bool press = event.event_type == XCB_INPUT_RAW_KEY_PRESS;
  InputSample key =
      sample(event.time, press ? InputKind::key_press : InputKind::key_release, device(event.sourceid));
  const auto slot =
      press ? keys_.press(key.device, event.detail, key.at) : keys_.release(key.device, event.detail, key.at);
  if (!slot) return;
  key.slot = *slot;
  out.push_back(key);
}

void X11InputSource::take_button(const xcb_input_raw_button_press_event_t& event, Batch& out) {
  const bool press = event.event_type == XCB_INPUT_RAW_BUTTON_PRESS;
  const X11Device& source = device(event.sourceid);
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

void X11InputSource::take_motion(const xcb_input_raw_motion_event_t& event, Batch& out) {
  X11Device& source = device(event.sourceid);
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

void X11InputSource::take_hierarchy(const xcb_input_hierarchy_event_t& event) {
  devices_stale_ = true;
  const auto* const infos = xcb_input_hierarchy_infos(&event);
  if (event.length * 4 < event.num_infos * sizeof(*infos)) return;
  for (int i = 0; i < event.num_infos; ++i) {
    // The number may be given to another device later.
    if ((infos[i].flags & XCB_INPUT_HIERARCHY_MASK_SLAVE_REMOVED) == 0) continue;
    news_.remove(infos[i].deviceid);
    keys_.forget(infos[i].deviceid);
    track_.forget(infos[i].deviceid);
  }
}

void X11InputSource::refresh_devices() {
  devices_stale_ = false;
  if (!devices_.refresh(connection_)) return;  // a lost connection shows at the end of the drain
  std::vector<InputDevice> present;
  for (const auto& known : devices_.all()) {
    if (known.pointer) track_.describe(known.pointing);
    present.push_back({known.id, known.name, known.synthetic});
  }
  news_.update(present);
}

X11Device& X11InputSource::device(std::uint16_t id) {
  if (devices_stale_) refresh_devices();
  X11Device* const known = devices_.find(id);
  if (known != nullptr) return *known;
  unknown_device_ = {};
  unknown_device_.id = id;
  return unknown_device_;
}

InputSample X11InputSource::sample(xcb_timestamp_t time, InputKind kind, const X11Device& device) {
  InputSample made = sample(time_.ticks(time, now_), kind);
  made.synthetic = device.synthetic;
  made.device = device.id;
  return made;
}

InputSample X11InputSource::sample(Ticks at, InputKind kind) {
  last_ = std::max(last_, at);
  InputSample made;
  made.at = last_;
  made.kind = kind;
  return made;
}

Result<std::uint8_t> require_xinput(const x11::Connection& connection) {
  const auto* const extension = xcb_get_extension_data(connection.get(), &xcb_input_id);
  if (extension != nullptr && extension->present != 0) {
    const auto cookie = xcb_input_xi_query_version(connection.get(), 2, 2);
    const Owned<xcb_input_xi_query_version_reply_t> reply(
        xcb_input_xi_query_version_reply(connection.get(), cookie, nullptr));
    if (reply && std::pair(reply->major_version, reply->minor_version) >=
                     std::pair<std::uint16_t, std::uint16_t>(2, 1)) {
      return extension->major_opcode;
    }
  }
  if (auto alive = connection.alive(); !alive) return alive.error();
  return Error{ErrorCode::unsupported,
               "the X display " + connection.display() + " has no XInput 2.1 or newer; use a newer X server"};
}

}  // namespace

Result<std::unique_ptr<InputSource>> make_x11_input_source(const std::string& display) {
  const x11::NoSigpipe guard;
  auto connection = x11::Connection::open(display);
  if (!connection) return connection.error();
  const auto opcode = require_xinput(*connection);
  if (!opcode) return opcode.error();
  const auto time = x11::ServerTime::measure(*connection);
  if (!time) return time.error();
  auto source = std::make_unique<X11InputSource>(std::move(*connection), *time, *opcode);
  if (const auto started = source->start(); !started) return started.error();
  return source;
}

}  // namespace activitytrack
