// A Linux machine's load: /proc/stat, meminfo and diskstats (see proc(5)), /sys/block for what is a whole disk, and
// statvfs(3) of the home.
#include <activitytrack/desktop/desktop.hpp>

#include "core/file.hpp"
#include "core/text.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>
#include <utility>

namespace activitytrack {
namespace {

namespace fs = std::filesystem;

/// Takes the first word, by spaces, off `text`; "" at its end.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

/// Takes a word that is a number off `text`; 0 for any other, as for a column that older kernels lack.
std::int64_t take_number(std::string_view& text) {
  const std::string_view word = take_word(text);
  std::int64_t number = 0;
  const auto result = std::from_chars(word.data(), word.data() + word.size(), number);
  return result.ec == std::errc() ? number : 0;
}

struct DiskBytes {
  std::int64_t read = 0;
  std::int64_t written = 0;
};

/// What the machine's whole disks carried. Sources: Linux Documentation/admin-guide/iostats.rst and
/// ABI/stable/sysfs-block.
class LinuxDiskStats {
 public:
  explicit LinuxDiskStats(const fs::path& root)
      : diskstats_(root / "proc/diskstats"), block_(root / "sys/block"), last_(read()) {}

  /// Since the call before, or the constructor. A disk whose counter went back counts 0; one that was
  /// plugged in counts whole.
  DiskBytes since_last() {
    DiskBytes sum;
    auto now = read();
    if (now && last_) {
      for (const auto& [name, bytes] : *now) {
        const DiskBytes before = (*last_)[name];  // zeros if it was not there
        sum.read += std::max<std::int64_t>(0, bytes.read - before.read);
        sum.written += std::max<std::int64_t>(0, bytes.written - before.written);
      }
    }
    last_ = std::move(now);
    return sum;
  }

 private:
  std::optional<std::map<std::string, DiskBytes>> read() const {
    constexpr std::int64_t sector_bytes = 512;  // in diskstats, whatever the disk's own are
    constexpr std::size_t largest = 1 << 20;    // thousands of disks
    const auto text = read_file_start(diskstats_, largest);
    if (!text) return std::nullopt;
    std::map<std::string, DiskBytes> disks;
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
  bool is_whole_disk(std::string name) const {
    std::ranges::replace(name, '/', '!');  // as sysfs spells it
    const fs::path folder = block_ / name;
    if (::access((folder / "device").c_str(), F_OK) != 0) return false;
    const auto hidden = read_file_start(folder / "hidden", 1);  // a path of a multipath disk
    return !hidden || *hidden != "1";
  }

  fs::path diskstats_, block_;
  std::optional<std::map<std::string, DiskBytes>> last_;
};

struct CpuTime {
  std::int64_t busy = 0;
  std::int64_t idle = 0;
};

std::optional<CpuTime> read_cpu_time(const fs::path& stat) {
  const auto text = read_file_start(stat, 512);  // all of the first line, which sums up the cores
  if (!text) return std::nullopt;
  std::string_view rest = *text;
  std::string_view line = take_line(rest);
  if (take_word(line) != "cpu") return std::nullopt;
  CpuTime time;
  for (int i = 0; i < 3; ++i) time.busy += take_number(line);  // user (a guest's time is in it already), nice, system
  for (int i = 0; i < 2; ++i) time.idle += take_number(line);  // idle, iowait
  for (int i = 0; i < 3; ++i) time.busy += take_number(line);  // irq, softirq, steal
  return time;
}

std::optional<double> ram_used_percent(const fs::path& meminfo) {
  const auto text = read_file_start(meminfo, 1024);
  if (!text) return std::nullopt;
  std::int64_t total = 0;
  std::optional<std::int64_t> available;
  for (std::string_view rest = *text; !rest.empty();) {
    std::string_view line = take_line(rest);
    const std::string_view name = take_word(line);
    if (name == "MemTotal:") total = take_number(line);
    if (name == "MemAvailable:") available = take_number(line);
  }
  if (total <= 0 || !available) return std::nullopt;
  return std::clamp(100.0 * static_cast<double>(total - *available) / static_cast<double>(total), 0.0, 100.0);
}

std::optional<double> disk_used_percent(const fs::path& home) {
  struct statvfs status {};
  if (::statvfs(home.c_str(), &status) != 0) return std::nullopt;
  const auto used = static_cast<double>(status.f_blocks - status.f_bfree);
  const double usable = used + static_cast<double>(status.f_bavail);
  if (usable <= 0) return std::nullopt;
  return 100 * used / usable;
}

class LinuxSystemStats final : public SystemStats {
 public:
  LinuxSystemStats(fs::path home, const fs::path& root)
      : home_(std::move(home)),
        stat_(root / "proc/stat"),
        meminfo_(root / "proc/meminfo"),
        disks_(root),
        last_cpu_(read_cpu_time(stat_)) {}

  Reading read() override {
    const auto cpu = cpu_percent();
    const DiskBytes bytes = disks_.since_last();
    return {cpu, ram_used_percent(meminfo_), disk_used_percent(home_), bytes.read, bytes.written};
  }

 private:
  std::optional<double> cpu_percent() {
    const auto now = read_cpu_time(stat_);
    const auto before = std::exchange(last_cpu_, now);
    if (!now || !before) return std::nullopt;
    // iowait may go back: see proc(5).
    const auto busy = std::max<std::int64_t>(0, now->busy - before->busy);
    const auto idle = std::max<std::int64_t>(0, now->idle - before->idle);
    if (busy + idle == 0) return std::nullopt;
    return 100.0 * static_cast<double>(busy) / static_cast<double>(busy + idle);
  }

  fs::path home_, stat_, meminfo_;
  LinuxDiskStats disks_;
  std::optional<CpuTime> last_cpu_;
};

class NoSystemStats final : public SystemStats {
 public:
  Reading read() override { return {}; }
};

}  // namespace

std::unique_ptr<SystemStats> make_system_stats(fs::path home, const fs::path& root) {
  return std::make_unique<LinuxSystemStats>(std::move(home), root.empty() ? "/" : root);
}

std::unique_ptr<SystemStats> make_no_system_stats() { return std::make_unique<NoSystemStats>(); }

}  // namespace activitytrack
