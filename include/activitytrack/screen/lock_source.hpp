#pragma once

#include <activitytrack/core/result.hpp>

#include <memory>
#include <string>

namespace activitytrack {

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
