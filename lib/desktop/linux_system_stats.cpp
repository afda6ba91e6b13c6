#include <activitytrack/desktop/system_stats.hpp>

#include "core/file.hpp"
#include "desktop/linux_disk_stats.hpp"
#include "desktop/proc_text.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <utility>

namespace activitytrack {
namespace {

namespace fs = std::filesystem;

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
  time.busy = take_number(line);   // user; a guest's time is in it already
  time.busy += take_number(line);  // nice
  time.busy += take_number(line);  // system
  time.idle = take_number(line);
  time.idle += take_number(line);                              // iowait
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
  LinuxSystemStats(fs::path home, const fs::path& proc, const fs::path& sys)
      : home_(std::move(home)),
        stat_(proc / "stat"),
        meminfo_(proc / "meminfo"),
        disks_(proc, sys),
        last_cpu_(read_cpu_time(stat_)) {}

  SystemReading read() override {
    SystemReading reading;
    reading.cpu_percent = cpu_percent();
    reading.ram_used_percent = ram_used_percent(meminfo_);
    reading.disk_used_percent = disk_used_percent(home_);
    const DiskBytes bytes = disks_.since_last();
    reading.disk_read_bytes = bytes.read;
    reading.disk_write_bytes = bytes.written;
    return reading;
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

}  // namespace

std::unique_ptr<SystemStats> make_linux_system_stats(fs::path home, fs::path proc, fs::path sys) {
  return std::make_unique<LinuxSystemStats>(std::move(home), proc, sys);
}

}  // namespace activitytrack
