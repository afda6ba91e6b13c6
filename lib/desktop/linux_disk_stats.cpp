#include "desktop/linux_disk_stats.hpp"

#include "core/file.hpp"
#include "desktop/proc_text.hpp"

#include <unistd.h>

#include <algorithm>

namespace activitytrack {
namespace {

constexpr std::int64_t sector_bytes = 512;  // in diskstats, whatever the disk's own are
constexpr std::size_t largest = 1 << 20;    // thousands of disks

}  // namespace

LinuxDiskStats::LinuxDiskStats(std::filesystem::path proc, std::filesystem::path sys)
    : diskstats_(proc / "diskstats"), block_(sys / "block"), last_(read()) {}

DiskBytes LinuxDiskStats::since_last() {
  DiskBytes sum;
  auto now = read();
  if (now && last_) {
    for (const auto& [name, bytes] : *now) {
      const auto before = last_->find(name);
      const DiskBytes from = before == last_->end() ? DiskBytes{} : before->second;
      sum.read += std::max<std::int64_t>(0, bytes.read - from.read);
      sum.written += std::max<std::int64_t>(0, bytes.written - from.written);
    }
  }
  last_ = std::move(now);
  return sum;
}

std::optional<LinuxDiskStats::Disks> LinuxDiskStats::read() const {
  const auto text = read_file_start(diskstats_, largest);
  if (!text) return std::nullopt;
  Disks disks;
  for (std::string_view rest = *text; !rest.empty();) {
    std::string_view line = take_line(rest);
    take_word(line), take_word(line);  // major and minor number
    const std::string name(take_word(line));
    take_word(line), take_word(line);  // reads, reads merged
    const std::int64_t sectors_read = take_number(line);
    take_word(line), take_word(line), take_word(line);  // time reading, writes, writes merged
    const std::int64_t sectors_written = take_number(line);
    if (sectors_read + sectors_written == 0 || !is_whole_disk(name)) continue;
    disks[name] = {sectors_read * sector_bytes, sectors_written * sector_bytes};
  }
  return disks;
}

/// Only whole disks have a folder in block, and only those made of hardware (or given by a hypervisor) have
/// a device below it: loop, ram, zram, dm, md, zvol and drbd have none, so that no byte counts twice.
bool LinuxDiskStats::is_whole_disk(std::string name) const {
  std::ranges::replace(name, '/', '!');  // as sysfs spells it
  const std::filesystem::path folder = block_ / name;
  if (::access((folder / "device").c_str(), F_OK) != 0) return false;
  const auto hidden = read_file_start(folder / "hidden", 1);  // a path of a multipath disk
  return !hidden || *hidden != "1";
}

}  // namespace activitytrack
