#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace activitytrack {

// What the machine says of itself: its load, and its time zone.

/// The machine's load. Rates and sums are since the reading before.
struct SystemReading {
  std::optional<double> cpu_percent;        ///< mean since the reading before, all cores together, [0, 100]
  std::optional<double> ram_used_percent;   ///< now: of all memory, what is not available to programs
  std::optional<double> disk_used_percent;  ///< now: used / (used + available to this user), as df shows it
  std::int64_t disk_read_bytes = 0;         ///< since the reading before, whole disks, no partition counted twice
  std::int64_t disk_write_bytes = 0;
};

/// A part that cannot be read is left empty. Not thread-safe.
class SystemStats {
 public:
  virtual ~SystemStats() = default;
  virtual SystemReading read() = 0;
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

}  // namespace activitytrack
