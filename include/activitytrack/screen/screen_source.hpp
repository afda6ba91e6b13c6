#pragma once

#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// Pixels that are someone else's: rows of `width` pixels of 4 bytes, blue, green, red and one that is
/// ignored. Row y begins `y * stride` bytes after row 0.
struct ImageView {
  std::uint8_t* pixels = nullptr;
  int width = 0;
  int height = 0;
  std::ptrdiff_t stride = 0;  ///< bytes; at least 4 * width

  std::uint8_t* row(int y) const noexcept { return pixels + y * stride; }
};

/// Takes pictures of the session's own screen, without the pointer. One thread uses it.
class ScreenSource {
 public:
  /// Whether the screen may be taken now, and if not, why.
  enum class State {
    visible,
    locked,    ///< a lock screen is up, or the session is marked as locked, or another one has the monitors
    blanked,   ///< the screen saver runs, or the monitor is off
    excluded,  ///< an application that must never be captured is on the screen
  };

  struct Request {
    /// At a quarter of the size, each pixel the mean of 4x4, since no more is needed; a source that cannot reduce may
    /// give the whole. A display server that scales may be off by 2 of 255.
    bool quarter = true;
    bool each_monitor = false;  ///< a picture for each monitor, not one of all
    /// Names of applications in any case, as FocusSample::app, of the process, or of the window's class or
    /// instance. One of these anywhere on the screen (on any monitor, with or without the focus;
    /// covered by others too, since what covers may be translucent; but not minimised) prevents the capture.
    std::vector<std::string> excluded_apps{};
    /// Waits for so long; an error ends the capture, which returns it. Without it the thread sleeps.
    std::function<Result<void>(std::chrono::milliseconds)> wait{};
  };

  /// One picture of a capture. The pixels are the source's own, may be changed, and live until the sink returns.
  struct Picture {
    ImageView pixels;
    int width = 0;  ///< of the part of the screen that it shows, px
    int height = 0;
    std::string monitor;  ///< its name; "" where it shows all
    int index = 0;        ///< counts from 0 within one capture
  };

  /// An error ends the capture, which returns it.
  using Sink = std::function<Result<void>(const Picture&)>;

  virtual ~ScreenSource() = default;

  /// Gives what the screen shows to `sink`, once or once a monitor, if its state is `visible`; the state is
  /// looked at again after the pixels were read and before the sink sees them. With excluded applications
  /// pixels are read a second after it is asked, if none of them was on the screen all the while: a window
  /// that closes is still painted as it fades. On an error of its own the source is gone for good (its
  /// display server went away): destroy it and open a new one.
  virtual Result<State> capture(const Request& request, const Sink& sink) = 0;
};

std::string_view to_string(ScreenSource::State state) noexcept;

/// The screen of the display `display`; "" is the session's own display. It must be a display of this machine
/// and of this user's own session; else `permission`. `unavailable` if there is none, or it cannot be reached;
/// `unsupported` where this build or that display gives no pictures. `log` is borrowed; the way in which
/// pictures are taken is logged once.
Result<std::unique_ptr<ScreenSource>> make_screen_source(const std::string& display, Log& log);

/// Whether the session is locked. Not thread-safe.
class LockSource {
 public:
  virtual ~LockSource() = default;

  /// Looks now: asks the display server and the desktop; a question that is not answered within a moment counts
  /// as not answered. True is certain; where none of them says so, or none answers, it is false. On
  /// an error the source is gone for good (its display server went away): destroy it and open a new one.
  virtual Result<bool> locked() = 0;
};

/// The session of the display `display`; "" is the session's own display. A screen saver that runs, or a monitor
/// that sleeps, locks nothing: a moved mouse ends it. Errors as make_screen_source(), without `permission`.
Result<std::unique_ptr<LockSource>> make_lock_source(const std::string& display);

}  // namespace activitytrack
