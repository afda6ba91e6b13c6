#include <activitytrack/input/input_source.hpp>

#include "input/pointer_track.hpp"
#include "input/x11_event_reader.hpp"
#include "input/x11_questions.hpp"
#include "x11/no_sigpipe.hpp"

#include <utility>

namespace activitytrack {
namespace {

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
  X11KnownDevices devices_;
  X11EventReader reader_;
  std::optional<PointerTrack::Point> pointer_;  ///< where the server said last that it is
  WarpWatch warps_;
  Ticks now_{};  ///< of the present drain
};

Result<void> X11InputSource::start() {
  select_input(connection_);
  devices_.refresh_if_stale();
  if (const auto pointer = X11PointerQuestion(connection_).answer()) track_.set_position(*pointer);
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
  X11PointerQuestion question(connection_);
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
