#pragma once

#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/screen/image.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// Whether the screen may be taken now, and if not, why.
enum class ScreenState {
  visible,
  locked,    ///< a lock screen is up, or the session is marked as locked, or another one has the monitors
  blanked,   ///< the screen saver runs, or the monitor is off
  excluded,  ///< an application that is never to be taken is on the screen
};

std::string_view to_string(ScreenState state) noexcept;

struct CaptureRequest {
  /// At a quarter of the size, each pixel the mean of 4x4 (screen/blur.hpp). A server that scales may be off
  /// by 2 of 255.
  bool quarter = true;
  bool each_monitor = false;  ///< a picture for each monitor, not one of all
  /// Names of applications in any case, as FocusSample::app, the process, or the window's class or its
  /// instance tells them. One of these anywhere on the screen (on any monitor, with or without the focus;
  /// covered by others too, since what covers may be translucent; but not minimised) prevents the capture.
  std::vector<std::string> excluded_apps{};
  /// Waits for so long; an error ends the capture and is handed on. Without it the thread sleeps.
  std::function<Result<void>(std::chrono::milliseconds)> wait{};
};

/// One picture of a capture. The pixels are the source's own, may be changed, and live until the sink
/// returns.
struct ScreenPicture {
  MutableImageView pixels;
  int width = 0;  ///< of the part of the screen that it shows, px
  int height = 0;
  std::string monitor;  ///< its name; "" where it shows all
  int index = 0;        ///< counts from 0 within one capture
};

/// Takes pictures of the session's own screen, without the pointer. One thread uses it.
class ScreenSource {
 public:
  /// An error ends the capture and is handed on.
  using Sink = std::function<Result<void>(const ScreenPicture&)>;

  virtual ~ScreenSource() = default;

  /// Gives what the screen shows to `sink`, once or once a monitor, if its state is `visible`; the state is
  /// looked at again after the pixels were read and before the sink sees them. With excluded applications
  /// pixels are read a second after it is asked, if none of them was on the screen all the while: a window
  /// that closes is still painted as it fades. On an error of its own the source is gone for good (its
  /// display server went away): destroy it and open a new one.
  virtual Result<ScreenState> capture(const CaptureRequest& request, const Sink& sink) = 0;
};

/// The X display `display` ("" means $DISPLAY), which must be one of this machine and of this user's own
/// session; else `permission`. Scaled by the server with XRender and handed over in shared memory (MIT-SHM)
/// where it can do that, read by XGetImage where it cannot. `log` is borrowed; it is told once which way was
/// chosen.
Result<std::unique_ptr<ScreenSource>> make_x11_screen_source(const std::string& display, Log& log);

/// A screen in memory: for tests, and for programs with pictures of their own. Changed by the thread that
/// captures alone.
struct MemoryScreen {
  Image image;
  ScreenState state = ScreenState::visible;
};
std::unique_ptr<ScreenSource> make_memory_screen_source(std::shared_ptr<MemoryScreen> screen);

/// Whether the session is locked. Not thread-safe.
class LockSource {
 public:
  virtual ~LockSource() = default;

  /// Looks now: some questions to the display server and the desktop, which are answered at once, or within a
  /// moment count as not answered. True is certain; where nobody says so, or nobody answers, it is false. On
  /// an error the source is gone for good (its display server went away): destroy it and open a new one.
  virtual Result<bool> locked() = 0;
};

/// The session of the X display `display` ("" means $DISPLAY), by logind (LockedHint), XScreenSaver, or the
/// window of a known locker (i3lock, slock, ...) that covers the screen. A screen saver that runs, or a
/// monitor that sleeps, locks nothing: a moved mouse ends it.
Result<std::unique_ptr<LockSource>> make_x11_lock_source(const std::string& display);

}  // namespace activitytrack
