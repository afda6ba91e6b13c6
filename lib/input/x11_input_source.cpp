// Input of an X display, by XInput 2.1 raw events of all master devices, each with the slave device that it
// came from. Input that reaches other clients under a grab is seen too.
//
// A program that moves the pointer by XWarpPointer makes no event. It is seen where a drain finds the
// pointer elsewhere than the one before and nothing came from the server in between, nor in 10 s before:
// then it gives one synthetic motion of `pointer_warps`, however often the pointer was moved. What window
// managers, games and toolkits do to the pointer while somebody is at work is thus nothing, as is what
// follows a change of screens or devices. Touchscreens (they move the pointer, but make no raw motion) and
// Xwayland (where the pointer comes from elsewhere) are never suspected: where there is one, warps are not
// looked for.
#include <activitytrack/input/input_source.hpp>

#include "input/key_slots.hpp"
#include "input/pointer_track.hpp"
#include "input/x11_devices.hpp"
#include "x11/connection.hpp"
#include "x11/server_time.hpp"

#include <xcb/randr.h>
#include <xcb/xinput.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace activitytrack {
namespace {

using Batch = std::vector<InputSample>;

/// The opcode of XInput, which must be 2.1 or newer; else `unsupported`.
Result<std::uint8_t> require_xinput(const x11::Connection& connection) {
  if (const auto* const extension = x11::find_extension(connection, xcb_input_id)) {
    const auto cookie = xcb_input_xi_query_version(connection.get(), 2, 2);
    const auto reply = x11::reply_to<xcb_input_xi_query_version_reply>(connection, cookie);
    if (reply &&
        std::pair(reply->major_version, reply->minor_version) >= std::pair<std::uint16_t, std::uint16_t>(2, 1)) {
      return extension->major_opcode;
    }
  }
  if (auto alive = connection.alive(); !alive) return alive.error();
  return Error{ErrorCode::unsupported,
               "the X display " + connection.display() + " has no XInput 2.1 or newer; use a newer X server"};
}

/// From now on the server reports raw input, devices that come and go, and changes of the screen.
void select_input(const x11::Connection& connection) {
  struct Mask {
    xcb_input_event_mask_t head;
    std::uint32_t bits;
  };
  const Mask masks[] = {
      {{XCB_INPUT_DEVICE_ALL, 1}, XCB_INPUT_XI_EVENT_MASK_HIERARCHY | XCB_INPUT_XI_EVENT_MASK_DEVICE_CHANGED},
      // Only of the masters: of all devices, each event would come twice.
      {{XCB_INPUT_DEVICE_ALL_MASTER, 1},
       XCB_INPUT_XI_EVENT_MASK_RAW_KEY_PRESS | XCB_INPUT_XI_EVENT_MASK_RAW_KEY_RELEASE |
           XCB_INPUT_XI_EVENT_MASK_RAW_BUTTON_PRESS | XCB_INPUT_XI_EVENT_MASK_RAW_BUTTON_RELEASE |
           XCB_INPUT_XI_EVENT_MASK_RAW_MOTION}};
  xcb_input_xi_select_events(connection.get(), connection.root(), std::size(masks), &masks[0].head);
  const std::uint32_t resizes = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
  xcb_change_window_attributes(connection.get(), connection.root(), XCB_CW_EVENT_MASK, &resizes);
  if (!x11::find_extension(connection, xcb_randr_id)) return;
  xcb_randr_select_input(connection.get(), connection.root(),
                         XCB_RANDR_NOTIFY_MASK_SCREEN_CHANGE | XCB_RANDR_NOTIFY_MASK_CRTC_CHANGE);
}

/// Where the pointer is: asked when this is made, answered when `answer` is called, once.
class PointerQuestion {
 public:
  explicit PointerQuestion(const x11::Connection& connection)
      : connection_(connection), cookie_(xcb_query_pointer(connection.get(), connection.root())) {}

  /// Waits for it; nothing if the pointer is on no screen of ours, or the connection is lost.
  std::optional<PointerTrack::Point> answer() {
    const auto reply = x11::reply_to<xcb_query_pointer_reply>(connection_, cookie_);
    if (!reply || reply->same_screen == 0) return std::nullopt;
    return PointerTrack::Point{static_cast<double>(reply->root_x), static_cast<double>(reply->root_y)};
  }

  /// Whether the server sent the event before its answer.
  bool before_answer(const xcb_generic_event_t& event) const noexcept {
    return static_cast<std::int32_t>(event.full_sequence - cookie_.sequence) < 0;
  }

 private:
  const x11::Connection& connection_;
  const xcb_query_pointer_cookie_t cookie_;
};

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

/// Makes samples of what the server reports by XInput. Motions hold what the device reported: places or steps,
/// NaN for an axis that was not.
class EventReader {
 public:
  /// `devices` is borrowed.
  EventReader(X11Devices& devices, x11::ServerTime time) : devices_(devices), time_(time) {}

  /// What is read from now on came before `now`.
  void begin(Ticks now) noexcept { now_ = now; }

  /// Appends the sample that the event makes, if any.
  void read(const xcb_ge_generic_event_t& event, Batch& out) {
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

  /// Appends a motion at `now` of which there was no event.
  InputSample& add_motion(Batch& out) { return out.emplace_back(sample(now_, InputKind::motion)); }

  /// All that has come was read.
  void end() noexcept { keys_.forget_released(now_); }

 private:
  void read_key(const xcb_input_raw_key_press_event_t& event, Batch& out) {
    const bool press = event.event_type == XCB_INPUT_RAW_KEY_PRESS;
    InputSample key =
        sample(event.time, press ? InputKind::key_press : InputKind::key_release, devices_.device(event.sourceid));
    const auto slot =
        press ? keys_.press(key.device, event.detail, key.at) : keys_.release(key.device, event.detail, key.at);
    if (!slot) return;
    key.slot = *slot;
    out.push_back(key);
  }

  void read_button(const xcb_input_raw_button_press_event_t& event, Batch& out) {
    constexpr std::uint32_t first_wheel_button = 4, last_wheel_button = 7;
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

  void read_motion(const xcb_input_raw_motion_event_t& event, Batch& out) {
    X11Device& source = devices_.device(event.sourceid);
    constexpr float absent = std::numeric_limits<float>::quiet_NaN();
    float x = absent, y = absent;
    double down = 0, right = 0;
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

  void read_hierarchy(const xcb_input_hierarchy_event_t& event) {
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

  InputSample sample(xcb_timestamp_t time, InputKind kind, const X11Device& device) {
    InputSample made = sample(time_.ticks(time, now_), kind);
    made.synthetic = device.synthetic;
    made.device = device.id;
    return made;
  }

  InputSample sample(Ticks at, InputKind kind) {
    last_ = std::max(last_, at);
    return {.at = last_, .kind = kind};
  }

  X11Devices& devices_;
  x11::ServerTime time_;
  KeySlots keys_;
  Ticks now_{};
  Ticks last_{};  ///< no sample is older than the one before
};

/// Questions for the pointer's place in one drain. One is enough unless input comes while it is answered.
constexpr int most_rounds = 3;

class X11InputSource final : public InputSource {
 public:
  X11InputSource(x11::Connection connection, x11::ServerTime time, std::uint8_t xinput_opcode)
      : connection_(std::move(connection)),
        xinput_opcode_(xinput_opcode),
        devices_(connection_, track_),
        reader_(devices_, time) {
    const auto& screen = connection_.screen();
    track_.set_screen(screen.width_in_pixels, screen.height_in_pixels);
  }

  Result<void> start() {
    select_input(connection_);
    devices_.refresh_if_stale();
    if (const auto pointer = PointerQuestion(connection_).answer()) track_.set_position(*pointer);
    return connection_.alive();
  }

  int fd() const noexcept override { return connection_.fd(); }
  Result<void> drain(ClockReading now, Batch& out) override {
    const x11::NoSigpipe guard;
    now_ = now.ticks;
    reader_.begin(now_);
    std::size_t settled = out.size();
    while (const auto event = connection_.next()) take(*event, out);
    devices_.refresh_if_stale();
    int rounds = 0;
    do settled = settle(settled, out);
    while (++rounds < most_rounds && settled < out.size());
    track_.resolve(std::span(out).subspan(settled), std::nullopt);
    watch_for_warps(out);
    reader_.end();
    return connection_.alive();
  }

  std::vector<InputDevice> take_devices() override { return devices_.take_news(); }

 private:
  /// Learns where the pointer is, and turns what devices reported from `first` on into movement. Returns
  /// the end of that: what the server sent after its answer, while this waited for it, is only taken.
  std::size_t settle(std::size_t first, Batch& out) {
    PointerQuestion question(connection_);
    pointer_ = question.answer();
    auto event = connection_.next_queued();
    for (; event && question.before_answer(*event); event = connection_.next_queued()) take(*event, out);
    const std::size_t end = out.size();
    track_.resolve(std::span(out).subspan(first), end > first ? pointer_ : std::nullopt);
    for (; event; event = connection_.next_queued()) take(*event, out);
    return end;
  }

  /// After all that came with this drain was taken.
  void watch_for_warps(Batch& out) {
    if (devices_.moves_silently()) return;
    const auto by = warps_.look(now_, pointer_);
    if (!by) return;
    track_.set_position(*pointer_);
    InputSample& warp = reader_.add_motion(out);
    warp.synthetic = true;
    warp.device = pointer_warps;
    warp.dx = static_cast<float>(by->x);
    warp.dy = static_cast<float>(by->y);
  }

  void take(const xcb_generic_event_t& event, Batch& out) {
    warps_.disturb(now_);
    if (x11::event_type(event) == XCB_GE_GENERIC) {
      const auto& generic = reinterpret_cast<const xcb_ge_generic_event_t&>(event);
      if (generic.extension == xinput_opcode_) reader_.read(generic, out);
    } else if (x11::event_type(event) == XCB_CONFIGURE_NOTIFY) {
      const auto& resized = reinterpret_cast<const xcb_configure_notify_event_t&>(event);
      if (resized.window == connection_.root()) track_.set_screen(resized.width, resized.height);
    }
  }

  x11::Connection connection_;
  const std::uint8_t xinput_opcode_;
  PointerTrack track_;
  X11Devices devices_;
  EventReader reader_;
  std::optional<PointerTrack::Point> pointer_;  ///< where the server said last that it is
  WarpWatch warps_;
  Ticks now_{};  ///< of the present drain
};

}  // namespace

Result<std::unique_ptr<InputSource>> make_input_source(const std::string& display) {
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
