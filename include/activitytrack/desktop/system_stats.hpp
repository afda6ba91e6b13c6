#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace activitytrack {

/// The machine's load. Rates and sums are since the reading before.
struct SystemReading {
  std::optional<double> cpu_percent;        ///< mean since the reading before, all cores together, [0, 100]
  std::optional<double> ram_used_percent;   ///< now: (MemTotal - MemAvailable) / MemTotal
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

/// From `proc`/stat, meminfo and diskstats (see proc(5)), `sys`/block for what is a whole disk, and
/// statvfs(3) of `home`. The first reading is taken at once.
std::unique_ptr<SystemStats> make_linux_system_stats(std::filesystem::path home, std::filesystem::path proc = "/proc",
                                                     std::filesystem::path sys = "/sys");

/// Reads nothing: for replays, and when system statistics are switched off.
std::unique_ptr<SystemStats> make_no_system_stats();

}  // namespace activitytrack
