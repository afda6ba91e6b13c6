#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace activitytrack {

struct DiskBytes {
  std::int64_t read = 0;
  std::int64_t written = 0;
};

/// What the machine's whole disks carried, from `proc`/diskstats and `sys`/block. Sources: Linux
/// Documentation/admin-guide/iostats.rst and ABI/stable/sysfs-block.
class LinuxDiskStats {
 public:
  LinuxDiskStats(std::filesystem::path proc, std::filesystem::path sys);

  /// Since the call before, or the constructor. A disk whose counter went back counts 0; one that was
  /// plugged in counts whole.
  DiskBytes since_last();

 private:
  using Disks = std::map<std::string, DiskBytes, std::less<>>;
  std::optional<Disks> read() const;
  bool is_whole_disk(std::string name) const;

  std::filesystem::path diskstats_, block_;
  std::optional<Disks> last_;
};

}  // namespace activitytrack
