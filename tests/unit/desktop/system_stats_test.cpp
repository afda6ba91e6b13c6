#include <doctest/doctest.h>
#include <sys/statvfs.h>
#include <activitytrack/desktop/desktop.hpp>

#include "temp_folder.hpp"

using namespace activitytrack;
using activitytrack::test::TempFolder;

namespace {

/// A machine of files.
struct FakeMachine {
  TempFolder folder;
  std::filesystem::path proc = folder.path / "proc", sys = folder.path / "sys";

  void stat(const std::string& cpu) const { folder.write("proc/stat", cpu + "\ncpu0 1 1 1 1\nintr 5\n"); }
  void disks(const std::string& lines) const { folder.write("proc/diskstats", lines); }
  void disk(const std::string& name) const { std::filesystem::create_directories(sys / "block" / name / "device"); }
  std::unique_ptr<SystemStats> open() const { return make_system_stats(folder.path, folder.path); }
};

std::string disk_line(const std::string& name, std::int64_t sectors_read, std::int64_t sectors_written) {
  return "   8       0 " + name + " 9 9 " + std::to_string(sectors_read) + " 7 9 9 " + std::to_string(sectors_written) +
         " 7 0 7 7 0 0 0 0 0 0\n";
}

}  // namespace

TEST_CASE("CPU: the share of busy jiffies since the reading before") {
  const FakeMachine machine;
  //           user nice system idle iowait irq softirq steal guest guest_nice
  machine.stat("cpu  1000 100 200 5000 300 10 20 30 400 50");
  const auto stats = machine.open();

  // Busy 60+5+20+1+2+3 = 91, idle 100+9 = 109; the guest's 60 are in user already: 91 of 200.
  machine.stat("cpu  1060 105 220 5100 309 11 22 33 460 50");
  CHECK(stats->read().cpu_percent.value() == doctest::Approx(45.5));

  SUBCASE("no time went by") { CHECK_FALSE(stats->read().cpu_percent.has_value()); }
  SUBCASE("all idle") {
    machine.stat("cpu  1060 105 220 5200 309 11 22 33 460 50");
    CHECK(stats->read().cpu_percent == 0.0);
  }
  SUBCASE("all busy") {
    machine.stat("cpu  1160 105 220 5100 309 11 22 33 460 50");
    CHECK(stats->read().cpu_percent == 100.0);
  }
  SUBCASE("iowait goes back, as it may") {
    machine.stat("cpu  1110 105 220 5170 209 11 22 33 460 50");  // idle counts 0 instead of -30
    CHECK(stats->read().cpu_percent == 100.0);
  }
  SUBCASE("the file is gone, and comes back") {
    std::filesystem::remove(machine.proc / "stat");
    CHECK_FALSE(stats->read().cpu_percent.has_value());
    machine.stat("cpu  2000 105 220 5200 309 11 22 33 460 50");
    CHECK_FALSE(stats->read().cpu_percent.has_value());
    machine.stat("cpu  2001 105 220 5203 309 11 22 33 460 50");
    CHECK(stats->read().cpu_percent == 25.0);
  }
  SUBCASE("columns that old kernels lack count nothing") {
    machine.stat("cpu  1 2 3 4");
    (void)stats->read();
    machine.stat("cpu  2 2 3 7");
    CHECK(stats->read().cpu_percent == 25.0);
  }
}

TEST_CASE("memory: what is not available") {
  const FakeMachine machine;
  const auto stats = machine.open();
  CHECK_FALSE(stats->read().ram_used_percent.has_value());
  machine.folder.write("proc/meminfo",
                       "MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:   12000000 kB\n");
  CHECK(stats->read().ram_used_percent == 25.0);
  machine.folder.write("proc/meminfo", "MemTotal:       16000000 kB\nMemFree:         1000000 kB\n");
  CHECK_FALSE(stats->read().ram_used_percent.has_value());
}

TEST_CASE("disks: bytes since the reading before, each once") {
  const FakeMachine machine;
  for (const char* name : {"sda", "nvme0n1", "nvme0c0n1", "cciss!c0d0"}) machine.disk(name);
  machine.folder.write("sys/block/nvme0c0n1/hidden", "1\n");
  machine.folder.write("sys/block/sda/hidden", "0\n");
  // What is made of other disks, or of memory, has a folder but no device.
  for (const char* name : {"loop0", "ram0", "zram0", "dm-0", "md0"}) {
    std::filesystem::create_directories(machine.sys / "block" / name / "slaves");
  }
  const auto lines = [](std::int64_t n) {
    std::string all = disk_line("sda", 1000 + n, 2000 + 10 * n) + disk_line("sda1", 900 + n, 1900 + 10 * n) +
                      disk_line("nvme0n1", 100 * n, 5) + disk_line("cciss/c0d0", 1000 * n, 5);
    for (const char* name : {"nvme0c0n1", "loop0", "ram0", "zram0", "dm-0", "md0", "nvme0n1p1"}) {
      all += disk_line(name, 7 * n, 7 * n);
    }
    return all;
  };
  machine.disks(lines(1));
  const auto stats = machine.open();
  machine.disks(lines(3));
  SystemStats::Reading reading = stats->read();
  CHECK(reading.disk_read_bytes == (2 + 200 + 2000) * 512);
  CHECK(reading.disk_write_bytes == 20 * 512);

  reading = stats->read();
  CHECK(reading.disk_read_bytes == 0);
  CHECK(reading.disk_write_bytes == 0);
}

TEST_CASE("disks: one that goes, comes or starts again makes no nonsense") {
  const FakeMachine machine;
  machine.disk("sda");
  machine.disk("sdb");
  machine.disks(disk_line("sda", 1000, 1000) + disk_line("sdb", 500, 500));
  const auto stats = machine.open();

  machine.disks(disk_line("sda", 10, 1001));  // sdb is gone, sda's count of sectors read started again
  SystemStats::Reading reading = stats->read();
  CHECK(reading.disk_read_bytes == 0);
  CHECK(reading.disk_write_bytes == 512);

  machine.disks(disk_line("sda", 10, 1001) + disk_line("sdb", 2, 3));  // plugged in again
  reading = stats->read();
  CHECK(reading.disk_read_bytes == 2 * 512);
  CHECK(reading.disk_write_bytes == 3 * 512);

  std::filesystem::remove(machine.proc / "diskstats");
  CHECK(stats->read().disk_read_bytes == 0);
  machine.disks(disk_line("sda", 99'999, 99'999));  // how much of it is new is not known
  CHECK(stats->read().disk_read_bytes == 0);

  machine.disks("garbage\n8 0\n\n 8 0 sda x y z\n");
  CHECK(stats->read().disk_read_bytes == 0);
}

TEST_CASE("the home's file system, as df shows it") {
  const TempFolder folder;
  struct statvfs status {};
  REQUIRE(::statvfs(folder.path.c_str(), &status) == 0);
  const double used = static_cast<double>(status.f_blocks - status.f_bfree);
  const double expected = 100 * used / (used + static_cast<double>(status.f_bavail));
  const auto reading = make_system_stats(folder.path, folder.path)->read();
  CHECK(reading.disk_used_percent.value() == doctest::Approx(expected).epsilon(0.01));
  CHECK_FALSE(make_system_stats(folder.path / "none")->read().disk_used_percent.has_value());
}

TEST_CASE("this machine's own /proc") {
  const auto stats = make_system_stats("/");
  const SystemStats::Reading reading = stats->read();
  if (reading.cpu_percent) CHECK((*reading.cpu_percent >= 0 && *reading.cpu_percent <= 100));
  CHECK((reading.ram_used_percent.value() > 0 && *reading.ram_used_percent < 100));
  CHECK((reading.disk_used_percent.value() >= 0 && *reading.disk_used_percent <= 100));
  CHECK(reading.disk_read_bytes >= 0);
  CHECK(reading.disk_write_bytes >= 0);
}

TEST_CASE("no statistics") {
  const SystemStats::Reading reading = make_no_system_stats()->read();
  CHECK_FALSE(reading.cpu_percent.has_value());
  CHECK_FALSE(reading.ram_used_percent.has_value());
  CHECK_FALSE(reading.disk_used_percent.has_value());
  CHECK(reading.disk_read_bytes + reading.disk_write_bytes == 0);
}
