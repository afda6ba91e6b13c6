#include <activitytrack/core/clock.hpp>

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace std::chrono;

TEST_CASE("RFC 3339 times are read with any offset") {
  const Time noon = sys_days(2024y / 1 / 15) + 12h;
  for (const char* text :
       {"2024-01-15T12:00:00Z", "2024-01-15t12:00:00z", "2024-01-15 12:00:00Z", "2024-01-15T13:00:00+01:00",
        "2024-01-15T06:30:00-05:30", "2024-01-16T02:00:00+14:00", "2024-01-15T12:00:00.000000Z", "2024-01-15T11:59:60Z",
        "2024-01-15T12:00Z", "2024-01-15T13:00+01", "2024-01-15T12:00:00+0000", "2024-01-15T12:00:00+00",
        "2024-01-15 12:00:00.000+00:00", "2024-01-15 12:00:00 +0000", "2024-01-15 12:00:00 UTC",
        "2024-01-15T12:00:00,000Z", "2024-01-15T06:30:00-0530"}) {
    CAPTURE(text);
    REQUIRE(parse_timestamp(text).has_value());
    CHECK(*parse_timestamp(text) == noon);
  }
  CHECK(*parse_timestamp("2024-01-15T12:00:00.5Z") == noon + 500ms);
  CHECK(*parse_timestamp("2024-01-15T12:00:00.1234567Z") == noon + 123456us);
  CHECK(*parse_timestamp("2024-02-29T00:00:00Z") == sys_days(2024y / 2 / 29));
}

TEST_CASE("what is no time, or outside the years, is refused") {
  for (const char* text : {"",
                           "2024",
                           "2024-01-15",
                           "2024-01-15T12:00:00",
                           "2024-1-15T12:00:00Z",
                           "2024-13-01T00:00:00Z",
                           "2023-02-29T00:00:00Z",
                           "2024-01-15T24:00:00Z",
                           "2024-01-15T12:60:00Z",
                           "2024-01-15T12:00:61Z",
                           "2024-01-15T12:00:00.Z",
                           "2024-01-15T12:00:00+1:00",
                           "2024-01-15T12:00:00+01:60",
                           "2024-01-15T12:00:00Zx",
                           "2024-01-15T12:00",
                           "2024-01-15T12Z",
                           "2024-01-15T12:00:Z",
                           "2024-01-15T12:00:00 01:00",
                           "2024-01-15T12:00:00 CET",
                           "2024-01-15T12:00:00+010",
                           "2024-01-15T12:00:00+01000",
                           "1969-12-31T23:59:59Z",
                           "2200-01-01T00:00:00Z",
                           "9999-12-31T23:59:59Z",
                           "1970-01-01T00:00:00+00:01",
                           "0000-00-00T00:00:00Z",
                           "+024-01-15T12:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_timestamp(text).has_value());
  }
}

TEST_CASE("a time without an offset is told what to write") {
  for (const char* naive : {"2024-01-15T12:00:00.123456", "2024-01-15 12:00:00", "2024-01-15T12:00"}) {
    const auto refused = parse_timestamp(naive);
    REQUIRE(refused.has_error());
    CHECK(refused.error().message.find("datetime.now(timezone.utc).isoformat()") != std::string::npos);
  }
}

TEST_CASE("times are written as short as they can be, and come back") {
  const Time t = sys_days(2024y / 1 / 15) + 10h + 30min;
  CHECK(format_timestamp(t) == "2024-01-15T10:30:00Z");
  CHECK(format_timestamp(t + 5ms) == "2024-01-15T10:30:00.005Z");
  CHECK(format_timestamp(t + 5us) == "2024-01-15T10:30:00.000005Z");
  CHECK(format_timestamp(t, 60) == "2024-01-15T11:30:00+01:00");
  CHECK(format_timestamp(t, -330) == "2024-01-15T05:00:00-05:30");
  CHECK(*parse_timestamp(format_timestamp(t + 5us)) == t + 5us);
  CHECK(*parse_timestamp(format_timestamp(t, -330)) == t);
}
