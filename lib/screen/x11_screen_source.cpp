// Takes pictures of an X display: scaled by the server with XRender and handed over in shared memory (MIT-SHM) where it
// can do that, read by XGetImage where it cannot.
#include "screen/x11_screen_source.hpp"

#include "core/text.hpp"
#include "screen/x11_camera.hpp"
#include "screen/x11_windows.hpp"
#include "x11/application.hpp"
#include "x11/connection.hpp"
#include "x11/window.hpp"

#include <sys/socket.h>
#include <unistd.h>
#include <xcb/randr.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

namespace activitytrack {
namespace {

struct X11Monitor {
  X11Area area;
  std::string name;
};

std::string atom_name(const x11::Connection& connection, xcb_atom_t atom) {
  const auto cookie = xcb_get_atom_name(connection.get(), atom);
  const auto reply = x11::reply_to<xcb_get_atom_name_reply>(connection, cookie);
  if (!reply) return "";
  return {xcb_get_atom_name_name(reply.get()), static_cast<std::size_t>(xcb_get_atom_name_name_length(reply.get()))};
}

std::vector<X11Monitor> named_monitors(const x11::Connection& connection) {
  const auto cookie = xcb_randr_get_monitors(connection.get(), connection.root(), 1);
  const auto reply = x11::reply_to<xcb_randr_get_monitors_reply>(connection, cookie);
  std::vector<X11Monitor> monitors;
  if (!reply) return monitors;
  for (auto infos = xcb_randr_get_monitors_monitors_iterator(reply.get()); infos.rem > 0;
       xcb_randr_monitor_info_next(&infos)) {
    const auto& info = *infos.data;
    monitors.push_back({{info.x, info.y, info.width, info.height}, atom_name(connection, info.name)});
  }
  return monitors;
}

std::string output_name(const x11::Connection& connection, xcb_randr_output_t output, xcb_timestamp_t configured) {
  const auto cookie = xcb_randr_get_output_info(connection.get(), output, configured);
  const auto reply = x11::reply_to<xcb_randr_get_output_info_reply>(connection, cookie);
  if (!reply) return "";
  return {reinterpret_cast<const char*>(xcb_randr_get_output_info_name(reply.get())), reply->name_len};
}

std::vector<X11Monitor> lit_crtcs(const x11::Connection& connection) {
  const auto cookie = xcb_randr_get_screen_resources_current(connection.get(), connection.root());
  const auto resources = x11::reply_to<xcb_randr_get_screen_resources_current_reply>(connection, cookie);
  std::vector<X11Monitor> monitors;
  if (!resources) return monitors;
  const auto* const crtcs = xcb_randr_get_screen_resources_current_crtcs(resources.get());
  for (int i = 0; i < resources->num_crtcs; ++i) {
    const auto ask = xcb_randr_get_crtc_info(connection.get(), crtcs[i], resources->config_timestamp);
    const auto crtc = x11::reply_to<xcb_randr_get_crtc_info_reply>(connection, ask);
    if (!crtc || crtc->mode == XCB_NONE || crtc->num_outputs == 0) continue;
    const auto output = xcb_randr_get_crtc_info_outputs(crtc.get())[0];
    monitors.push_back(
        {{crtc->x, crtc->y, crtc->width, crtc->height}, output_name(connection, output, resources->config_timestamp)});
  }
  return monitors;
}

/// RandR's minor version of its major version 1; 0 for none.
int randr_version(const x11::Connection& connection) {
  if (!x11::find_extension(connection, xcb_randr_id)) return 0;
  const auto cookie = xcb_randr_query_version(connection.get(), 1, 5);
  const auto reply = x11::reply_to<xcb_randr_query_version_reply>(connection, cookie);
  return reply && reply->major_version == 1 ? static_cast<int>(reply->minor_version) : 0;
}

/// The monitors that show a part of `screen`: as RandR 1.5 has them, else what 1.3's CRTCs show, else the
/// whole screen as one without a name. Of those that show the same part, the first.
std::vector<X11Monitor> list_monitors(const x11::Connection& connection, const X11Area& screen) {
  constexpr std::size_t most_monitor_name_bytes = 64;
  const int version = randr_version(connection);
  std::vector<X11Monitor> found;
  if (version >= 5) found = named_monitors(connection);
  if (found.empty() && version >= 3) found = lit_crtcs(connection);
  std::vector<X11Monitor> shown;
  for (X11Monitor& monitor : found) {
    monitor.area = common_area(monitor.area, screen);
    const auto is_same = [&](const X11Monitor& other) { return other.area == monitor.area; };
    if (monitor.area.empty() || std::any_of(shown.begin(), shown.end(), is_same)) continue;
    monitor.name = clean_utf8(monitor.name, most_monitor_name_bytes);
    shown.push_back(std::move(monitor));
  }
  if (shown.empty()) shown.push_back({screen, ""});
  return shown;
}

Error not_own(const std::string& display, const std::string& why) {
  return Error{ErrorCode::permission, "no screenshots of the X display " + display + ": " + why};
}

std::string belongs_to(const char* what, uid_t owner, uid_t own) {
  return std::string(what) + " belongs to user " + std::to_string(owner) + ", and this program runs as user " +
         std::to_string(own) + "; run it in the session whose screen it may take";
}

using std::chrono::milliseconds;

/// Longer than compositors take to let a window fade that is closed, minimised or left by its desktop.
constexpr milliseconds fading{1000};
constexpr milliseconds between_glances{100};

/// Looks whether the screen may be taken, as often as one capture needs it.
class Lookout {
 public:
  Lookout(const x11::Connection& connection, const x11::Atoms& windows, const XscreensaverAtoms& saver,
          const ScreenSource::Request& request)
      : connection_(connection),
        windows_(windows),
        saver_(saver),
        request_(request),
        desktop_(find_session(connection.display(), getuid())) {}

  Result<ScreenSource::State> look() {
    // Asked for in one go: each wait for an answer costs more than the answer.
    X11BlankQuestion blank(connection_, saver_);
    const auto screen = screen_area(connection_);
    const XscreensaverState saver = blank.xscreensaver();
    const bool blanked = blank.blanked();
    if (!screen) return screen.error();
    ScreenSource::State state = ScreenSource::State::visible;
    const auto windows = shown_windows(connection_, *screen);
    if (saver == XscreensaverState::locked || shows_locker(connection_, windows_, windows, *screen, processes_) ||
        desktop_.locked()) {
      state = ScreenSource::State::locked;
    } else if (blanked || saver == XscreensaverState::blanked) {
      state = ScreenSource::State::blanked;
    } else if (shows_app(connection_, windows_, windows, request_.excluded_apps, processes_)) {
      state = ScreenSource::State::excluded;
    }
    // Where nobody answered, nothing was seen.
    if (auto alive = connection_.alive(); !alive) return alive.error();
    return state;
  }

  /// Waits until what went before look() is not painted any more; watches for what must not be taken.
  Result<ScreenSource::State> let_fade() {
    if (request_.excluded_apps.empty()) return ScreenSource::State::visible;
    for (auto left = fading; left > milliseconds(0); left -= between_glances) {
      if (!request_.wait) {
        std::this_thread::sleep_for(between_glances);
      } else if (const auto waited = request_.wait(between_glances); !waited) {
        return waited.error();
      }
      const auto screen = screen_area(connection_);
      if (!screen) return screen.error();
      const auto windows = shown_windows(connection_, *screen);
      if (shows_app(connection_, windows_, windows, request_.excluded_apps, processes_))
        return ScreenSource::State::excluded;
    }
    return ScreenSource::State::visible;
  }

 private:
  const x11::Connection& connection_;
  const x11::Atoms& windows_;
  const XscreensaverAtoms& saver_;
  const ScreenSource::Request& request_;
  SessionLock desktop_;
  x11::ProcessNames processes_;
};

class X11ScreenSource final : public ScreenSource {
 public:
  explicit X11ScreenSource(x11::Connection connection)
      : connection_(std::move(connection)), windows_(connection_), saver_(connection_) {}

  Result<void> open(const X11Ways& allowed, Log& log) {
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

  Result<State> capture(const Request& request, const Sink& sink) override {
    const x11::NoSigpipe guard;
    auto state = capture_parts(request, sink);
    camera_->put_away();
    connection_.drop_events();
    return state;
  }

 private:
  Result<ScreenSource::State> capture_parts(const ScreenSource::Request& request, const Sink& sink) {
    Lookout lookout(connection_, windows_, saver_, request);
    if (auto state = lookout.look(); !state || *state != ScreenSource::State::visible) return state;
    std::size_t count = 1;
    for (std::size_t index = 0; index < count; ++index) {
      if (auto state = lookout.let_fade(); !state || *state != ScreenSource::State::visible) return state;
      const auto found = parts(request);
      if (!found) return found.error();
      count = found->size();
      if (index >= count) break;
      X11Monitor part = (*found)[index];
      const auto pixels = shoot(request, index, part);
      if (!pixels) return pixels.error();
      if (auto state = lookout.look(); !state || *state != ScreenSource::State::visible) return state;
      const auto taken = sink({*pixels, part.area.width, part.area.height, part.name, static_cast<int>(index)});
      if (!taken) return taken.error();
      camera_->put_away();
    }
    return ScreenSource::State::visible;
  }

  /// What is to be taken, each by itself.
  Result<std::vector<X11Monitor>> parts(const ScreenSource::Request& request) const {
    const auto screen = screen_area(connection_);
    if (!screen) return screen.error();
    if (request.each_monitor) return list_monitors(connection_, *screen);
    return std::vector{X11Monitor{*screen, ""}};
  }

  /// A picture of one part; once more, from where that part is then, if the screen changes meanwhile.
  Result<ImageView> shoot(const ScreenSource::Request& request, std::size_t index, X11Monitor& part) {
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

  x11::Connection connection_;
  const x11::Atoms windows_;
  const XscreensaverAtoms saver_;
  std::optional<X11Camera> camera_;
};

}  // namespace

SocketPeer socket_peer(int fd) {
  int family = 0;
  socklen_t size = sizeof family;
  if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0 || family != AF_UNIX) return {};
  ucred peer{};
  size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return {};
  return {true, peer.uid};
}

Result<void> check_own_session(const std::string& display, const SocketPeer& peer,
                               const std::optional<DesktopSession>& session, uid_t own) {
  if (!peer.local) {
    return not_own(display,
                   "it is reached over a network and may be another machine's; set $DISPLAY to this machine's "
                   "own, for example :0");
  }
  if (peer.user == own) return {};
  if (peer.user != 0) return not_own(display, belongs_to("it", peer.user, own));
  if (session && session->owner != own) return not_own(display, belongs_to("its session", session->owner, own));
  return {};
}

Result<std::unique_ptr<ScreenSource>> make_screen_source(const std::string& display, Log& log, const X11Ways& allowed) {
  const x11::NoSigpipe guard;
  auto connection = x11::Connection::open(display);
  if (!connection) return connection.error();
  auto source = std::make_unique<X11ScreenSource>(std::move(*connection));
  if (auto opened = source->open(allowed, log); !opened) return opened.error();
  return source;
}

Result<std::unique_ptr<ScreenSource>> make_screen_source(const std::string& display, Log& log) {
  return make_screen_source(display, log, X11Ways{});
}

}  // namespace activitytrack
