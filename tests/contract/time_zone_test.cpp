// What every TimeZoneSource promises, wherever it has the zone from.
#include <activitytrack/desktop/desktop.hpp>

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "source_contract.hpp"
#include "temp_folder.hpp"

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

// Each shows Europe/Berlin.

struct Fixed {
  std::unique_ptr<TimeZoneSource> zone = make_fixed_time_zone("Europe/Berlin").value();
};

struct Variable {
  ScopedEnv tz{"TZ", "Europe/Berlin"};
  TempFolder etc;
  std::unique_ptr<TimeZoneSource> zone = make_system_time_zone(etc.path);
};

struct Link {
  ScopedEnv tz{"TZ", nullptr};
  TempFolder etc;
  std::unique_ptr<TimeZoneSource> zone;

  Link() {
    std::filesystem::create_symlink("/usr/share/zoneinfo/Europe/Berlin", etc.path / "localtime");
    zone = make_system_time_zone(etc.path);
  }
};

}  // namespace

#define ZONES Fixed, Variable, Link

TEST_CASE_TEMPLATE("a zone has its name, and the offset of any time", T, ZONES) {
  T t;
  CHECK(t.zone->name() == "Europe/Berlin");
  for (const auto& [time, offset] : {std::pair("2024-01-15T10:30:00Z", 60),
                                     {"2024-07-15T10:30:00Z", 120},
                                     {"2024-03-31T00:59:59.999999Z", 60},
                                     {"2024-03-31T01:00:00Z", 120},
                                     {"2024-10-27T00:59:59.999999Z", 120},
                                     {"2024-10-27T01:00:00Z", 60},
                                     {"1970-01-01T00:00:00Z", 60},
                                     {"2036-07-01T00:00:00Z", 120}}) {
    CAPTURE(std::string(time));
    CHECK(t.zone->utc_offset_min(at(time)) == offset);
  }
}

TEST_CASE_TEMPLATE("a zone that did not change: not readable, and refresh says no", T, ZONES) {
  T t;
  const int fd = t.zone->fd();
  if (fd >= 0) CHECK_FALSE(readable(fd));
  CHECK_FALSE(t.zone->refresh());
  CHECK(t.zone->fd() == fd);
  CHECK(t.zone->name() == "Europe/Berlin");
}
