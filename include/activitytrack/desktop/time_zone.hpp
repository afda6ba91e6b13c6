#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace activitytrack {

/// The zone that the machine's clocks show. Not thread-safe.
class TimeZoneSource {
 public:
  virtual ~TimeZoneSource() = default;

  /// Readable when the zone may have changed; -1 if it cannot change while the program runs.
  virtual int fd() const noexcept = 0;

  /// Reads the zone anew; true if it changed. Call it when `fd()` is readable.
  virtual bool refresh() = 0;

  /// IANA name ("Europe/Berlin"); "" when it cannot be told.
  virtual std::string name() const = 0;

  /// Minutes east of Greenwich at `time`.
  virtual int utc_offset_min(Time time) const = 0;
};

/// The system's zone: $TZ when set (a name, ":name", a path or a POSIX rule), else the link /etc/localtime,
/// else /etc/timezone, else UTC. A change of the link or of the file is noticed by inotify. Where there is
/// an offset but no name (a POSIX rule, a file of no database) the offset is libc's. `etc` is for tests.
std::unique_ptr<TimeZoneSource> make_system_time_zone(std::filesystem::path etc = "/etc");

/// Always the zone `name`; not_found if the system's tz database has none of that name.
Result<std::unique_ptr<TimeZoneSource>> make_fixed_time_zone(const std::string& name);

}  // namespace activitytrack
