#include "report/wall_clock.hpp"
#include "samples.hpp"

#include <activitytrack/report/summary.hpp>

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace activitytrack::testing;

namespace {

void check_day(const char* date, const char* zone, const char* start, const char* end) {
  CAPTURE(date);
  CAPTURE(zone);
  const TimeRange range = day_in_zone(day(date), zone).value();
  CHECK(format_timestamp(range.start) == start);
  CHECK(format_timestamp(range.end) == end);
}

}  // namespace

TEST_CASE("dates are read and written") {
  CHECK(format_date(day("2024-02-29")) == "2024-02-29");
  CHECK(format_date(day("1970-01-01")) == "1970-01-01");
  CHECK(format_date(day("2199-12-31")) == "2199-12-31");
  for (const char* bad :
       {"", "2024-1-5", "2024-13-01", "2024-00-10", "2023-02-29", "2024-01-32", "2024/01/15", "2024-01-15T00:00:00Z",
        "1969-12-31", "2200-01-01", "20 4-01-15", "2024-+1-15", "yesterday"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_date(bad).has_value());
  }
}

TEST_CASE("a day in a zone begins and ends at its midnights") {
  check_day("2024-01-15", "", "2024-01-15T00:00:00Z", "2024-01-16T00:00:00Z");
  check_day("2024-01-15", "UTC", "2024-01-15T00:00:00Z", "2024-01-16T00:00:00Z");
  check_day("2024-01-15", "Europe/Berlin", "2024-01-14T23:00:00Z", "2024-01-15T23:00:00Z");
  check_day("2024-03-31", "Europe/Berlin", "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z");  // 23 h
  check_day("2024-10-27", "Europe/Berlin", "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z");  // 25 h
  check_day("2024-01-15", "Asia/Kolkata", "2024-01-14T18:30:00Z", "2024-01-15T18:30:00Z");
}

TEST_CASE("a midnight that is skipped is the first instant after it") {
  check_day("2018-11-03", "America/Sao_Paulo", "2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z");
  check_day("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z");  // 23 h
}

TEST_CASE("a midnight that comes twice is the first") {
  // At 00:01 the clock went back to 23:01.
  check_day("2010-11-06", "America/St_Johns", "2010-11-06T02:30:00Z", "2010-11-07T02:30:00Z");
  check_day("2010-11-07", "America/St_Johns", "2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z");
}

TEST_CASE("a day that a zone left out has no time in it") {
  check_day("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z");
}

TEST_CASE("an unknown zone is not found") {
  for (const char* zone : {"Mars/Base", "Europe/", "../etc/passwd", "europe/berlin"}) {
    CAPTURE(zone);
    const auto range = day_in_zone(day("2024-01-15"), zone);
    REQUIRE_FALSE(range.has_value());
    CHECK(range.error().code == ErrorCode::not_found);
    CHECK(range.error().message.find(zone) != std::string::npos);
    CHECK_FALSE(offset_in_zone(at("2024-01-15T00:00:00Z"), zone).has_value());
    CHECK_FALSE(today_in_zone(at("2024-01-15T00:00:00Z"), zone).has_value());
  }
}

TEST_CASE("offsets and dates on a clock") {
  CHECK(offset_in_zone(at("2024-03-31T00:59:59Z"), "Europe/Berlin").value() == 60);
  CHECK(offset_in_zone(at("2024-03-31T01:00:00Z"), "Europe/Berlin").value() == 120);
  CHECK(offset_in_zone(at("2024-03-31T01:00:00Z"), "Asia/Kolkata").value() == 330);
  CHECK(offset_in_zone(at("2024-01-15T00:00:00Z"), "America/St_Johns").value() == -210);
  CHECK(date_at(at("2024-01-15T22:59:59Z"), 60) == day("2024-01-15"));
  CHECK(date_at(at("2024-01-15T23:00:00Z"), 60) == day("2024-01-16"));
  CHECK(date_at(at("2024-01-15T03:29:59Z"), -210) == day("2024-01-14"));
  CHECK(today_in_zone(at("2024-01-15T23:30:00Z"), "Europe/Berlin").value() == day("2024-01-16"));
  CHECK(today_in_zone(at("2024-01-15T23:30:00Z"), "").value() == day("2024-01-15"));
}

TEST_CASE("day_anywhere holds the day at every offset an event may have") {
  const TimeRange range = day_anywhere(day("2024-01-15"));
  CHECK(format_timestamp(range.start) == "2024-01-14T06:00:00Z");
  CHECK(format_timestamp(range.end) == "2024-01-16T18:00:00Z");
}
