#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/memory_source.hpp>
#include <activitytrack/core/result.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace activitytrack {

/// From `at` on, this window had the focus. Both texts are valid UTF-8 and at most 512 bytes; both are
/// empty when no window has it.
struct FocusSample {
  Ticks at{};
  std::string app;           ///< the application's name: "code", "firefox", "xterm"
  std::string title;         ///< the window's title
  std::uint64_t window = 0;  ///< distinguishes windows while they are there; 0: not known, or none

  friend bool operator==(const FocusSample&, const FocusSample&) = default;
};

/// A stream of focus changes; waited on and drained as an InputSource is.
class FocusSource {
 public:
  virtual ~FocusSource() = default;
  virtual int fd() const noexcept = 0;
  virtual std::chrono::milliseconds poll_interval() const noexcept { return std::chrono::seconds(2); }

  /// Appends the changes up to `now`, oldest first; the first call gives the window that has the focus.
  /// On an error the source is gone for good.
  virtual Result<void> drain(ClockReading now, std::vector<FocusSample>& out) = 0;
};

/// The focused window of the display `display`; "" is the session's own display. `unavailable` if there is
/// none, or it cannot be reached; `unsupported` where this build or that display does not report the focus.
Result<std::unique_ptr<FocusSource>> make_focus_source(const std::string& display);

/// A FocusSource that a program fills by hand: the first push is the window that has the focus, each
/// further one is a change. What FocusSample promises of its texts is up to the program that pushes.
using MemoryFocusSource = MemorySource<FocusSource, FocusSample>;

}  // namespace activitytrack
