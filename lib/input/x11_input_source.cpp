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

#include "input/pointer_track.hpp"
#include "input/x11_devices.hpp"
#include "input/x11_event_reader.hpp"
#include "x11/connection.hpp"
#include "x11/server_time.hpp"

#include <xcb/randr.h>
#include <xcb/xinput.h>

#include <iterator>
#include <optional>
#include <span>
#include <utility>

namespace activitytrack {
namespace {

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

using Batch = std::vector<InputSample>;

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

  Result<void> start();
  int fd() const noexcept override { return connection_.fd(); }
  Result<void> drain(ClockReading now, Batch& out) override;
  std::vector<InputDevice> take_devices() override { return devices_.take_news(); }

 private:
  std::size_t settle(std::size_t first, Batch& out);
  void watch_for_warps(Batch& out);
  void take(const xcb_generic_event_t& event, Batch& out);

  x11::Connection connection_;
  const std::uint8_t xinput_opcode_;
  PointerTrack track_;
  X11Devices devices_;
  X11EventReader reader_;
  std::optional<PointerTrack::Point> pointer_;  ///< where the server said last that it is
  WarpWatch warps_;
  Ticks now_{};  ///< of the present drain
};

Result<void> X11InputSource::start() {
  select_input(connection_);
  devices_.refresh_if_stale();
  if (const auto pointer = PointerQuestion(connection_).answer()) track_.set_position(*pointer);
  return connection_.alive();
}

Result<void> X11InputSource::drain(ClockReading now, Batch& out) {
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

/// Learns where the pointer is, and turns what devices reported from `first` on into movement. Returns
/// the end of that: what the server sent after its answer, while this waited for it, is only taken.
std::size_t X11InputSource::settle(std::size_t first, Batch& out) {
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
void X11InputSource::watch_for_warps(Batch& out) {
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

void X11InputSource::take(const xcb_generic_event_t& event, Batch& out) {
  warps_.disturb(now_);
  if (x11::event_type(event) == XCB_GE_GENERIC) {
    const auto& generic = reinterpret_cast<const xcb_ge_generic_event_t&>(event);
    if (generic.extension == xinput_opcode_) reader_.read(generic, out);
  } else if (x11::event_type(event) == XCB_CONFIGURE_NOTIFY) {
    const auto& resized = reinterpret_cast<const xcb_configure_notify_event_t&>(event);
    if (resized.window == connection_.root()) track_.set_screen(resized.width, resized.height);
  }
}

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
