#include <doctest/doctest.h>
#include <poll.h>
#include <time.h>
#include <activitytrack/core/clock.hpp>
#include <activitytrack/desktop/desktop.hpp>

#include "temp_folder.hpp"

using namespace activitytrack;
using activitytrack::test::ScopedEnv;
using activitytrack::test::TempFolder;
namespace fs = std::filesystem;

namespace {

const Time winter = parse_timestamp("2024-01-15T10:30:00Z").value();
const Time summer = parse_timestamp("2024-07-15T10:30:00Z").value();
const fs::path database = "/usr/share/zoneinfo";

/// What ln -sfn and timedatectl do.
void point_to(const fs::path& etc, const fs::path& target) {
  fs::create_symlink(target, etc / "localtime.new");
  fs::rename(etc / "localtime.new", etc / "localtime");
}

bool readable(const TimeZoneSource& zone) {
  pollfd wait{zone.fd(), POLLIN, 0};
  return ::poll(&wait, 1, 0) == 1;
}

struct Found {
  std::string name;
  int winter, summer;
  friend bool operator==(const Found&, const Found&) = default;
};

Found found(const TimeZoneSource& zone) {
  return {zone.name(), zone.utc_offset_min(winter), zone.utc_offset_min(summer)};
}

Found with_tz(const char* tz) {
  const ScopedEnv env("TZ", tz);
  const TempFolder etc;
  const auto zone = make_system_time_zone(etc.path);
  CHECK(zone->fd() == -1);
  CHECK_FALSE(zone->refresh());
  return found(*zone);
}

const Found berlin{"Europe/Berlin", 60, 120};
const Found utc{"UTC", 0, 0};

}  // namespace

TEST_CASE("$TZ in its forms") {
  CHECK((with_tz("Europe/Berlin") == berlin));
  CHECK((with_tz(":Europe/Berlin") == berlin));
  CHECK((with_tz(":/usr/share/zoneinfo/Europe/Berlin") == berlin));
  CHECK((with_tz("/usr/share/zoneinfo/posix/Europe/Berlin") == berlin));
  CHECK((with_tz("posix/Europe/Berlin") == berlin));
  CHECK((with_tz("Asia/Kathmandu") == Found{"Asia/Kathmandu", 345, 345}));
  CHECK((with_tz("America/St_Johns") == Found{"America/St_Johns", -210, -150}));
  CHECK((with_tz("Asia/Calcutta") == Found{"Asia/Calcutta", 330, 330}));
  CHECK((with_tz("UTC") == utc));
  CHECK((with_tz("") == utc));
  CHECK((with_tz(":") == utc));
  CHECK((with_tz("CET-1CEST,M3.5.0,M10.5.0/3") == Found{"", 60, 120}));
  CHECK((with_tz("<+0330>-3:30") == Found{"", 210, 210}));
  CHECK((with_tz("No/Such_Zone") == Found{"", 0, 0}));
  CHECK((with_tz("../../etc/passwd") == Found{"", 0, 0}));
}

TEST_CASE("a file of no database has an offset but no name") {
  const TempFolder folder;
  fs::copy_file(database / "Asia/Tokyo", folder.path / "mine");
  CHECK((with_tz((":" + (folder.path / "mine").string()).c_str()) == Found{"", 540, 540}));
}

TEST_CASE("the link /etc/localtime, and its changes") {
  const ScopedEnv unset("TZ", nullptr);
  const TempFolder etc;
  point_to(etc.path, database / "Europe/Berlin");
  const auto zone = make_system_time_zone(etc.path);
  CHECK((found(*zone) == berlin));
  CHECK(zone->fd() >= 0);
  CHECK_FALSE(readable(*zone));

  point_to(etc.path, "../../usr/share/zoneinfo/America/New_York");  // relative, as timedatectl makes it
  CHECK(readable(*zone));
  CHECK(zone->refresh());
  CHECK_FALSE(readable(*zone));
  CHECK((found(*zone) == Found{"America/New_York", -300, -240}));
  CHECK_FALSE(zone->refresh());

  fs::remove(etc.path / "localtime");
  fs::create_symlink(database / "Asia/Tokyo", etc.path / "localtime");
  CHECK(readable(*zone));
  CHECK(zone->refresh());
  CHECK(zone->name() == "Asia/Tokyo");

  // The same offsets all year, and yet another zone.
  point_to(etc.path, database / "Asia/Seoul");
  CHECK(zone->refresh());
  CHECK(zone->name() == "Asia/Seoul");

  fs::remove(etc.path / "localtime");
  CHECK(zone->refresh());
  CHECK((found(*zone) == utc));
}

TEST_CASE("a link by way of another") {
  const ScopedEnv unset("TZ", nullptr);
  const TempFolder etc;
  fs::create_symlink(database / "Europe/Berlin", etc.path / "site-zone");
  point_to(etc.path, "site-zone");
  const auto zone = make_system_time_zone(etc.path);
  CHECK((found(*zone) == berlin));
  fs::remove(etc.path / "site-zone");
  fs::create_symlink(database / "Asia/Tokyo", etc.path / "site-zone");
  CHECK(readable(*zone));
  CHECK(zone->refresh());
  CHECK(zone->name() == "Asia/Tokyo");
}

TEST_CASE("/etc/timezone gives the name where the link does not") {
  const ScopedEnv unset("TZ", nullptr);
  const TempFolder etc;
  etc.write("timezone", "Europe/Berlin\n");
  const auto zone = make_system_time_zone(etc.path);
  CHECK((found(*zone) == berlin));

  etc.write("timezone", "Asia/Tokyo\n");
  CHECK(readable(*zone));
  CHECK(zone->refresh());
  CHECK(zone->name() == "Asia/Tokyo");

  // A copy of a zone's file is the zone of the note, if the note is right.
  fs::copy_file(database / "Asia/Tokyo", etc.path / "localtime");
  CHECK_FALSE(zone->refresh());
  CHECK(zone->name() == "Asia/Tokyo");
  etc.write("timezone", "America/New_York\n");
  CHECK(zone->refresh());
  CHECK(zone->name() == "");

  point_to(etc.path, database / "Europe/Berlin");  // the link is right, whatever the note says
  CHECK(zone->refresh());
  CHECK((found(*zone) == berlin));

  fs::remove(etc.path / "localtime");
  etc.write("timezone", "Mars/Olympus\n");
  CHECK(zone->refresh());
  CHECK((found(*zone) == utc));
}

TEST_CASE("$TZ that names /etc/localtime is no fixed zone") {
  const TempFolder etc;
  const ScopedEnv env("TZ", (":" + (etc.path / "localtime").string()).c_str());
  point_to(etc.path, database / "Europe/Berlin");
  const auto zone = make_system_time_zone(etc.path);
  CHECK((found(*zone) == berlin));
  point_to(etc.path, database / "Asia/Tokyo");
  CHECK(readable(*zone));
  CHECK(zone->refresh());
  CHECK(zone->name() == "Asia/Tokyo");
}

TEST_CASE("without a note and a link the offset is libc's") {
  const ScopedEnv unset("TZ", nullptr);
  const TempFolder etc;
  etc.write("localtime", "no zone file\n");
  const auto zone = make_system_time_zone(etc.path);
  CHECK(zone->name() == "");
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(winter).time_since_epoch().count();
  std::tm local{};
  ::localtime_r(&seconds, &local);
  CHECK(zone->utc_offset_min(winter) == local.tm_gmtoff / 60);
}

TEST_CASE("a fixed zone") {
  const auto zone = make_fixed_time_zone("Europe/Berlin").value();
  CHECK((found(*zone) == berlin));
  CHECK(zone->fd() == -1);
  CHECK_FALSE(zone->refresh());
  // The last second of winter and the first of summer.
  CHECK(zone->utc_offset_min(parse_timestamp("2024-03-31T00:59:59.999999Z").value()) == 60);
  CHECK(zone->utc_offset_min(parse_timestamp("2024-03-31T01:00:00Z").value()) == 120);

  for (const char* name : {"", "Mars/Olympus", "/usr/share/zoneinfo/Europe/Berlin", "../zoneinfo/UTC"}) {
    const auto none = make_fixed_time_zone(name);
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().code == ErrorCode::not_found);
  }
}
