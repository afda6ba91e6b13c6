// The focused window of an X display: _NET_ACTIVE_WINDOW, or the input focus where no window manager sets it; the title
// from _NET_WM_NAME, else WM_NAME; the application from the process's name (_NET_WM_PID on this host), else WM_CLASS.
#include <activitytrack/desktop/desktop.hpp>
#include "core/text.hpp"

#include "x11/application.hpp"
#include "x11/connection.hpp"
#include "x11/server_time.hpp"
#include "x11/window.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace activitytrack {
namespace {

constexpr std::size_t most_text_bytes = 512;

/// Looks at the focus in one drain. More than one is needed only if it changes while it is looked at.
constexpr int most_looks = 4;

/// What this source needs to know of a window: its title, its end, and that it lost the input focus.
constexpr std::uint32_t window_events =
    XCB_EVENT_MASK_PROPERTY_CHANGE | XCB_EVENT_MASK_STRUCTURE_NOTIFY | XCB_EVENT_MASK_FOCUS_CHANGE;

class X11FocusSource final : public FocusSource {
 public:
  X11FocusSource(x11::Connection connection, x11::ServerTime time)
      : connection_(std::move(connection)), time_(time), atoms_(connection_) {
    select(connection_.root(), XCB_EVENT_MASK_PROPERTY_CHANGE | XCB_EVENT_MASK_FOCUS_CHANGE);
    xcb_flush(connection_.get());
  }

  int fd() const noexcept override { return connection_.fd(); }
  Result<void> drain(ClockReading now, std::vector<FocusSample>& out) override {
    const x11::NoSigpipe guard;
    now_ = now.ticks;
    // Without a manager there is not an event for every change of the input focus.
    if (manager_ == XCB_NONE) window_stale_ = true;
    for (int looks = 0; looks < most_looks; ++looks) {
      while (const auto event = connection_.next()) take(*event);
      if (!stale()) return connection_.alive();
      look();
      if (auto alive = connection_.alive(); !alive) return alive;
      report(out);
    }
    while (const auto event = connection_.next_queued()) take(*event);
    if (stale()) wake_again();
    return connection_.alive();
  }

 private:
  void take(const xcb_generic_event_t& event) {
    switch (x11::event_type(event)) {
      case XCB_PROPERTY_NOTIFY:
        return take_property(reinterpret_cast<const xcb_property_notify_event_t&>(event));
      case XCB_DESTROY_NOTIFY:
        return take_destroyed(reinterpret_cast<const xcb_destroy_notify_event_t&>(event).window);
      case XCB_FOCUS_IN:
      case XCB_FOCUS_OUT:
        if (manager_ == XCB_NONE) window_stale_ = true;
        return;
    }
    // Errors end here too: a window may vanish at any time, also between two requests about it.
  }

  void take_property(const xcb_property_notify_event_t& event) {
    if (event.window == connection_.root()) {
      if (event.atom == atoms_.net_active_window) {
        window_stale_ = true;
        manager_stale_ = manager_stale_ || manager_ == XCB_NONE;
      } else if (event.atom == atoms_.net_supporting_wm_check) {
        manager_stale_ = true;
      } else {
        return;
      }
    } else if (event.window == window_ && (event.atom == atoms_.net_wm_name || event.atom == XCB_ATOM_WM_NAME)) {
      title_stale_ = true;
    } else {
      return;
    }
    changed_ = std::max(changed_, time_.ticks(event.time, now_));
  }

  /// Its number may soon be another window's.
  void take_destroyed(xcb_window_t window) {
    if (window == manager_) {
      manager_ = XCB_NONE;
      manager_stale_ = true;
    }
    if (window == focus_) {
      focus_ = XCB_NONE;
      window_stale_ = true;
    }
    if (window == window_) {
      window_ = XCB_NONE;
      app_.clear();
      window_stale_ = title_stale_ = true;
      changed_ = now_;
    }
  }

  /// Brings what is known of the focus up to date.
  void look() {
    if (std::exchange(manager_stale_, false)) {
      watch(manager_, x11::find_window_manager(connection_, atoms_));
      window_stale_ = true;
    }
    if (std::exchange(window_stale_, false)) find_window();
    if (std::exchange(title_stale_, false)) {
      title_ = window_ == XCB_NONE ? "" : clean_utf8(x11::window_title(connection_, atoms_, window_), most_text_bytes);
    }
    xcb_flush(connection_.get());
  }

  void find_window() {
    xcb_window_t window = window_;
    if (manager_ != XCB_NONE) {
      watch(focus_, XCB_NONE);
      window = x11::active_window(connection_, atoms_);
    } else if (const xcb_window_t focus = x11::input_focus(connection_); focus != focus_ || window_ == XCB_NONE) {
      watch(focus_, focus);
      window = x11::client_window(connection_, atoms_, focus);
      changed_ = now_;  // events of the input focus bear no time
    }
    if (window == window_) return;
    watch(window_, window);
    app_ = window_ == XCB_NONE ? "" : clean_utf8(x11::window_app(connection_, atoms_, window_), most_text_bytes);
    title_stale_ = true;
  }

  void report(std::vector<FocusSample>& out) {
    if (reported_ && reported_->window == window_ && reported_->app == app_ && reported_->title == title_) return;
    const Ticks at = reported_ ? std::min(std::max(changed_, reported_->at), now_) : now_;
    reported_ = FocusSample{at, app_, title_, window_};
    out.push_back(*reported_);
  }

  void select(xcb_window_t window, std::uint32_t events) {
    xcb_change_window_attributes(connection_.get(), window, XCB_CW_EVENT_MASK, &events);
  }

  /// Puts `window` into `place` (one of the three): its events are received from now on, and no more those of the one
  /// before.
  void watch(xcb_window_t& place, xcb_window_t window) {
    if (place == window) return;
    const xcb_window_t before = std::exchange(place, window);
    const bool still_watched = before == manager_ || before == window_ || before == focus_;
    if (before != XCB_NONE && !still_watched) select(before, XCB_EVENT_MASK_NO_EVENT);
    if (window != XCB_NONE && window != connection_.root()) select(window, window_events);
  }

  /// An answer that nobody reads makes fd() readable, so that what is stale is looked at soon.
  void wake_again() {
    xcb_discard_reply(connection_.get(), xcb_get_input_focus(connection_.get()).sequence);
    xcb_flush(connection_.get());
  }

  bool stale() const { return manager_stale_ || window_stale_ || title_stale_; }

  x11::Connection connection_;
  x11::ServerTime time_;
  const x11::Atoms atoms_;

  xcb_window_t manager_ = XCB_NONE;  ///< the EWMH window manager's own window
  xcb_window_t window_ = XCB_NONE;   ///< the application's window that has the focus
  xcb_window_t focus_ = XCB_NONE;    ///< without a manager: the window that the input focus is on
  std::string app_;                  ///< of window_
  std::string title_;

  bool manager_stale_ = true;
  bool window_stale_ = true;
  bool title_stale_ = true;

  Ticks now_{};      ///< of the present drain
  Ticks changed_{};  ///< when what is stale became so
  std::optional<FocusSample> reported_;
};

}  // namespace

Result<std::unique_ptr<FocusSource>> make_focus_source(const std::string& display) {
  const x11::NoSigpipe guard;
  auto connection = x11::Connection::open(display);
  if (!connection) return connection.error();
  const auto time = x11::ServerTime::measure(*connection);
  if (!time) return time.error();
  return std::make_unique<X11FocusSource>(std::move(*connection), *time);
}

}  // namespace activitytrack
