// What every SystemStats promises.
#include <activitytrack/desktop/desktop.hpp>

#include <doctest/doctest.h>

#include "temp_folder.hpp"

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

struct ThisMachine {
  std::unique_ptr<SystemStats> stats = make_system_stats("/");
};

/// One where nothing can be read.
struct Unreadable {
  TempFolder empty;
  std::unique_ptr<SystemStats> stats = make_system_stats(empty.path / "none", empty.path / "none");
};

struct None {
  std::unique_ptr<SystemStats> stats = make_no_system_stats();
};

void check_percent(const std::optional<double>& percent) {
  if (!percent) return;
  CHECK(*percent >= 0);
  CHECK(*percent <= 100);
}

}  // namespace

TEST_CASE_TEMPLATE("every reading is in range", T, ThisMachine, Unreadable, None) {
  T t;
  for (int i = 0; i < 3; ++i) {
    const SystemStats::Reading reading = t.stats->read();
    check_percent(reading.cpu_percent);
    check_percent(reading.ram_used_percent);
    check_percent(reading.disk_used_percent);
    CHECK(reading.disk_read_bytes >= 0);
    CHECK(reading.disk_write_bytes >= 0);
  }
}

TEST_CASE_TEMPLATE("what cannot be read is left empty", T, Unreadable, None) {
  T t;
  const SystemStats::Reading reading = t.stats->read();
  CHECK_FALSE(reading.cpu_percent.has_value());
  CHECK_FALSE(reading.ram_used_percent.has_value());
  CHECK_FALSE(reading.disk_used_percent.has_value());
  CHECK(reading.disk_read_bytes == 0);
  CHECK(reading.disk_write_bytes == 0);
}
