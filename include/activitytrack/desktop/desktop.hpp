#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace activitytrack {

// What the desktop and the machine say beside input: the window in focus, the load, the time zone; and how the person
// is notified.

/// From `at` on, this window had the focus. Both texts are valid UTF-8 and at most 512 bytes; both are
/// empty when no window has it.
struct FocusSample {
  Ticks at{};
  std::string app;           ///< the application's name: "code", "firefox", "xterm"
  std::string title;         ///< the window's title
  std::uint64_t window = 0;  ///< distinguishes windows while they are there; 0: not known, or none

  friend bool operator==(const FocusSample&, const FocusSample&) = default;
};

/// A stream of focus changes; waited on and drained as an InputSource is. MemorySource (core/memory_source.hpp) is one
/// that a program fills by hand.
class FocusSource {
 public:
  using Sample = FocusSample;

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

/// The machine's load. Not thread-safe.
class SystemStats {
 public:
  /// Rates and sums are since the reading before. A part that cannot be read is left empty.
  struct Reading {
    std::optional<double> cpu_percent;        ///< mean since the reading before, all cores together, [0, 100]
    std::optional<double> ram_used_percent;   ///< now: of all memory, what is not available to programs
    std::optional<double> disk_used_percent;  ///< now: used / (used + available to this user), as df shows it
    std::int64_t disk_read_bytes = 0;         ///< since the reading before, whole disks, no partition counted twice
    std::int64_t disk_write_bytes = 0;
  };

  virtual ~SystemStats() = default;
  virtual Reading read() = 0;
};

/// This machine's, and the file system's that `home` is on. The first reading is taken at once. `root` is for
/// tests: a folder that has the system's own files; "": the system's.
std::unique_ptr<SystemStats> make_system_stats(std::filesystem::path home, const std::filesystem::path& root = "");

/// Reads nothing: for replays, and when system statistics are switched off.
std::unique_ptr<SystemStats> make_no_system_stats();

/// The zone that the machine's clocks show. Not thread-safe.
class TimeZoneSource {
 public:
  virtual ~TimeZoneSource() = default;

  /// Readable when the zone may have changed; -1 if it cannot change while the program runs.
  virtual int fd() const noexcept = 0;

  /// Reads the zone again; true if it changed. Call it when `fd()` is readable.
  virtual bool refresh() = 0;

  /// IANA name ("Europe/Berlin"); "" when it is not known.
  virtual std::string name() const = 0;

  /// Minutes east of Greenwich at `time`.
  virtual int utc_offset_min(Time time) const = 0;
};

/// The system's zone: that of the environment if it sets one, else the machine's, else UTC; a change of the
/// machine's is noticed. `settings` is for tests: a folder that has the system's settings; "": the system's.
std::unique_ptr<TimeZoneSource> make_system_time_zone(std::filesystem::path settings = "");

/// Always the zone `name`; not_found if the system's tz database has none of that name.
Result<std::unique_ptr<TimeZoneSource>> make_fixed_time_zone(const std::string& name);

/// Holds back a sleep of the machine while it exists.
class SleepHold {
 public:
  virtual ~SleepHold() = default;

  /// Lets the machine sleep. From any thread, and more than once.
  virtual void release() noexcept = 0;
};

/// Says when the machine is about to sleep, and when it has woken. Not thread-safe.
class SleepSource {
 public:
  virtual ~SleepSource() = default;

  /// Readable when there may be something to say.
  virtual int fd() const noexcept = 0;

  /// What was said last since the call before: true, the machine is about to sleep; false, it has woken, or does not
  /// sleep after all. Nothing where nothing was said. On an error the source is gone for good.
  virtual Result<std::optional<bool>> drain() = 0;

  /// What holds back the sleep that was said to come, if it can be held back: for some seconds at most, which the
  /// system decides. Null the second time.
  virtual std::shared_ptr<SleepHold> take_hold() = 0;
};

/// By logind, on the system's D-Bus. `unavailable` where there is none.
Result<std::unique_ptr<SleepSource>> make_sleep_source();

/// Shows the person at the desktop a message. One thread uses it.
class Notifier {
 public:
  virtual ~Notifier() = default;

  /// Shows a notification of plain text for 3 s; waits at most some seconds for the desktop to take it. In
  /// `text` some desktops read "<" and "&" as markup.
  virtual Result<void> notify(const std::string& title, const std::string& text) = 0;
};

/// That of the session's desktop, connected to for each notification.
std::unique_ptr<Notifier> make_desktop_notifier();

}  // namespace activitytrack
