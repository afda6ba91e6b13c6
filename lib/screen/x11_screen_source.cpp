#include "screen/x11_screen_source.hpp"

#include "screen/session_lock.hpp"
#include "screen/x11_blank.hpp"
#include "screen/x11_camera.hpp"
#include "screen/x11_monitors.hpp"
#include "screen/x11_own_session.hpp"
#include "screen/x11_windows.hpp"
#include "x11/connection.hpp"
#include "x11/no_sigpipe.hpp"

#include <unistd.h>

#include <thread>
#include <utility>

namespace activitytrack {
namespace {

using std::chrono::milliseconds;

/// Longer than compositors take to let a window fade that is closed, minimised or left by its desktop.
constexpr milliseconds fading{1000};
constexpr milliseconds between_glances{100};

/// The names that are asked for at each look.
struct LookAtoms {
  explicit LookAtoms(const x11::Connection& connection) : windows(connection), saver(connection) {}

  x11::Atoms windows;
  XscreensaverAtoms saver;
};

/// Looks whether the screen may be taken, as often as one capture needs it.
class Lookout {
 public:
  Lookout(const x11::Connection& connection, const LookAtoms& atoms, const CaptureRequest& request)
      : connection_(connection),
        atoms_(atoms),
        request_(request),
        desktop_(find_session(connection.display(), getuid())) {}

  Result<ScreenState> look() {
    // Asked for in one go: each wait for an answer costs more than the answer.
    X11BlankQuestion blank(connection_, atoms_.saver);
    const auto screen = screen_area(connection_);
    const XscreensaverState saver = blank.xscreensaver();
    const bool dark = blank.screen_saver_runs() || saver == XscreensaverState::blanked;
    const bool asleep = blank.monitor_sleeps();
    if (!screen) return screen.error();
    ScreenState state = ScreenState::visible;
    const auto windows = shown_windows(connection_, *screen);
    if (saver == XscreensaverState::locked || shows_locker(connection_, atoms_.windows, windows, *screen, processes_) ||
        desktop_.locked()) {
      state = ScreenState::locked;
    } else if (dark || asleep) {
      state = ScreenState::blanked;
    } else if (shows_app(connection_, atoms_.windows, windows, request_.excluded_apps, processes_)) {
      state = ScreenState::excluded;
    }
    // Where nobody answered, nothing was seen.
    if (auto alive = connection_.alive(); !alive) return alive.error();
    return state;
  }

  /// Waits until what went before look() is not painted any more; keeps an eye on what must not be taken.
  Result<ScreenState> let_fade() {
    if (request_.excluded_apps.empty()) return ScreenState::visible;
    for (auto left = fading; left > milliseconds(0); left -= between_glances) {
      if (!request_.wait) {
        std::this_thread::sleep_for(between_glances);
      } else if (const auto waited = request_.wait(between_glances); !waited) {
        return waited.error();
      }
      const auto screen = screen_area(connection_);
      if (!screen) return screen.error();
      const auto windows = shown_windows(connection_, *screen);
      if (shows_app(connection_, atoms_.windows, windows, request_.excluded_apps, processes_))
        return ScreenState::excluded;
    }
    return ScreenState::visible;
  }

 private:
  const x11::Connection& connection_;
  const LookAtoms& atoms_;
  const CaptureRequest& request_;
  SessionLock desktop_;
  x11::ProcessNames processes_;
};

class X11ScreenSource final : public ScreenSource {
 public:
  explicit X11ScreenSource(x11::Connection connection) : connection_(std::move(connection)), atoms_(connection_) {}

  Result<void> open(const X11Ways& allowed, Log& log);
  Result<ScreenState> capture(const CaptureRequest& request, const Sink& sink) override;

 private:
  Result<ScreenState> capture_parts(const CaptureRequest& request, const Sink& sink);
  Result<std::vector<X11Monitor>> parts(const CaptureRequest& request) const;
  Result<MutableImageView> shoot(const CaptureRequest& request, std::size_t index, X11Monitor& part);

  x11::Connection connection_;
  const LookAtoms atoms_;
  std::optional<X11Camera> camera_;
};

Result<void> X11ScreenSource::open(const X11Ways& allowed, Log& log) {
  const uid_t own = getuid();
  const std::string& display = connection_.display();
  const auto is_own = check_own_session(display, socket_peer(connection_.fd()), find_session(display, own), own);
  if (!is_own) return is_own;
  auto camera = X11Camera::open(connection_, allowed);
  if (!camera) return camera.error();
  camera_.emplace(std::move(*camera));
  log.info("screenshots are taken", {{"by", camera_->way()}, {"display", display}});
  return connection_.alive();
}

Result<ScreenState> X11ScreenSource::capture(const CaptureRequest& request, const Sink& sink) {
  const x11::NoSigpipe guard;
  auto state = capture_parts(request, sink);
  camera_->put_away();
  // Errors, and what a server tells all its clients.
  while (connection_.next()) {
  }
  return state;
}

Result<ScreenState> X11ScreenSource::capture_parts(const CaptureRequest& request, const Sink& sink) {
  Lookout lookout(connection_, atoms_, request);
  if (auto state = lookout.look(); !state || *state != ScreenState::visible) return state;
  std::size_t count = 1;
  for (std::size_t index = 0; index < count; ++index) {
    if (auto state = lookout.let_fade(); !state || *state != ScreenState::visible) return state;
    const auto found = parts(request);
    if (!found) return found.error();
    count = found->size();
    if (index >= count) break;
    X11Monitor part = (*found)[index];
    const auto pixels = shoot(request, index, part);
    if (!pixels) return pixels.error();
    if (auto state = lookout.look(); !state || *state != ScreenState::visible) return state;
    const auto taken = sink({*pixels, part.area.width, part.area.height, part.name, static_cast<int>(index)});
    if (!taken) return taken.error();
    camera_->put_away();
  }
  return ScreenState::visible;
}

/// What is to be taken, each by itself.
Result<std::vector<X11Monitor>> X11ScreenSource::parts(const CaptureRequest& request) const {
  const auto screen = screen_area(connection_);
  if (!screen) return screen.error();
  if (request.each_monitor) return list_monitors(connection_, *screen);
  return std::vector{X11Monitor{*screen, ""}};
}

/// A picture of one part; once more, from where that part is then, if the screen changes meanwhile.
Result<MutableImageView> X11ScreenSource::shoot(const CaptureRequest& request, std::size_t index, X11Monitor& part) {
  constexpr int tries = 2;
  Error last{ErrorCode::unavailable, ""};
  for (int i = 0; i < tries; ++i) {
    const auto pixels = camera_->take(part.area, request.quarter);
    const auto now = parts(request);
    if (!now) return now.error();
    const bool unchanged = index < now->size() && (*now)[index].area == part.area;
    if (pixels && unchanged) return pixels;
    last = {ErrorCode::unavailable,
            pixels ? "the screen changed while it was captured; try again" : pixels.error().message};
    if (index < now->size()) part = (*now)[index];
  }
  return last;
}

}  // namespace

Result<std::unique_ptr<ScreenSource>> make_x11_screen_source(const std::string& display, Log& log,
                                                             const X11Ways& allowed) {
  const x11::NoSigpipe guard;
  auto connection = x11::Connection::open(display);
  if (!connection) return connection.error();
  auto source = std::make_unique<X11ScreenSource>(std::move(*connection));
  if (auto opened = source->open(allowed, log); !opened) return opened.error();
  return source;
}

Result<std::unique_ptr<ScreenSource>> make_x11_screen_source(const std::string& display, Log& log) {
  return make_x11_screen_source(display, log, X11Ways{});
}

}  // namespace activitytrack
