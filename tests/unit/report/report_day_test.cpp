#include "samples.hpp"

#include <activitytrack/report/summary.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace activitytrack;
using namespace activitytrack::testing;
using Strings = std::vector<std::string>;

namespace {

const std::vector<Event> no_events;

}  // namespace

TEST_CASE("the day the clock goes forward has 23 hours, without hour 2") {
  // Noon in Berlin is 11:00Z before the change and 10:00Z after it.
  const std::vector<Event> events = {
      minute("2024-03-30T22:59:00Z", "Europe/Berlin", 60),   // 23:59 of the 30th
      minute("2024-03-30T23:00:00Z", "Europe/Berlin", 60),   // 00:00
      minute("2024-03-31T00:59:00Z", "Europe/Berlin", 60),   // 01:59
      minute("2024-03-31T01:00:00Z", "Europe/Berlin", 120),  // 03:00
      minute("2024-03-31T21:59:00Z", "Europe/Berlin", 120),  // 23:59
      minute("2024-03-31T22:00:00Z", "Europe/Berlin", 120),  // 00:00 of the 1st
  };
  for (const char* asked : {"", "Europe/Berlin"}) {
    CAPTURE(asked);
    const DayReport day = report("2024-03-31", events, "", asked);
    CHECK(day.timezone == "Europe/Berlin");
    CHECK(day.range == TimeRange{at("2024-03-30T23:00:00Z"), at("2024-03-31T22:00:00Z")});
    REQUIRE(day.hours.size() == 23);
    CHECK(starts(day)[0] == "2024-03-31T00:00:00+01:00");
    CHECK(starts(day)[1] == "2024-03-31T01:00:00+01:00");
    CHECK(starts(day)[2] == "2024-03-31T03:00:00+02:00");
    CHECK(starts(day)[22] == "2024-03-31T23:00:00+02:00");
    CHECK(keys_by_row(day) == Strings{"0:1", "1:1", "2:1", "22:1"});
    CHECK(day.totals.sum(&Event::key_count) == 4);
  }
}

TEST_CASE("the day the clock goes back has 25 hours, hour 2 twice") {
  const std::vector<Event> events = {
      minute("2024-10-26T21:59:00Z", "Europe/Berlin", 120),  // 23:59 of the 26th
      minute("2024-10-27T00:30:00Z", "Europe/Berlin", 120),  // 02:30 summer
      minute("2024-10-27T01:30:00Z", "Europe/Berlin", 60),   // 02:30 winter
      minute("2024-10-27T01:31:00Z", "Europe/Berlin", 60),   // 02:31 winter
      minute("2024-10-27T22:59:00Z", "Europe/Berlin", 60),   // 23:59
  };
  for (const char* asked : {"", "Europe/Berlin"}) {
    CAPTURE(asked);
    const DayReport day = report("2024-10-27", events, "", asked);
    CHECK(day.range == TimeRange{at("2024-10-26T22:00:00Z"), at("2024-10-27T23:00:00Z")});
    REQUIRE(day.hours.size() == 25);
    CHECK(starts(day)[2] == "2024-10-27T02:00:00+02:00");
    CHECK(starts(day)[3] == "2024-10-27T02:00:00+01:00");
    CHECK(starts(day)[4] == "2024-10-27T03:00:00+01:00");
    CHECK(keys_by_row(day) == Strings{"2:1", "3:2", "24:1"});
  }
}

TEST_CASE("a day without midnight begins at one o'clock") {
  const DayReport day =
      report("2018-11-04", {minute("2018-11-04T02:59:00Z", "America/Sao_Paulo", -180),    // 23:59 of the 3rd
                            minute("2018-11-04T03:00:00Z", "America/Sao_Paulo", -120)});  // 01:00
  REQUIRE(day.hours.size() == 23);
  CHECK(starts(day)[0] == "2018-11-04T01:00:00-02:00");
  CHECK(starts(day)[22] == "2018-11-04T23:00:00-02:00");
  CHECK(keys_by_row(day) == Strings{"0:1"});
}

TEST_CASE("hours begin where the clock shows a whole hour, in half-hour zones too") {
  const DayReport day = report("2024-01-15", {minute("2024-01-15T03:29:00Z", "Asia/Kolkata", 330),    // 08:59
                                              minute("2024-01-15T03:30:00Z", "Asia/Kolkata", 330)});  // 09:00
  REQUIRE(day.hours.size() == 24);
  CHECK(starts(day)[0] == "2024-01-15T00:00:00+05:30");
  CHECK(keys_by_row(day) == Strings{"8:1", "9:1"});
}

TEST_CASE("a change by half an hour cuts an hour short") {
  // Lord Howe, 2024-04-07: at 02:00 +11:00 the clock went back to 01:30 +10:30.
  const DayReport day = report("2024-04-07", {}, "Australia/Lord_Howe");
  REQUIRE(day.hours.size() == 25);
  CHECK(starts(day)[1] == "2024-04-07T01:00:00+11:00");
  CHECK(starts(day)[2] == "2024-04-07T01:30:00+10:30");
  CHECK(starts(day)[3] == "2024-04-07T02:00:00+10:30");
}

TEST_CASE("a machine that flies west has a longer day") {
  const std::vector<Event> events = {
      minute("2024-01-15T08:00:00Z", "Europe/Berlin", 60),       // 09:00
      minute("2024-01-15T14:20:00Z", "America/New_York", -300),  // 09:20, six hours later
      minute("2024-01-16T04:59:00Z", "America/New_York", -300),  // 23:59
      minute("2024-01-16T05:00:00Z", "America/New_York", -300),  // the 16th
  };
  const DayReport day = report("2024-01-15", events);
  CHECK(day.timezone == "America/New_York");
  CHECK(day.range == TimeRange{at("2024-01-14T23:00:00Z"), at("2024-01-16T05:00:00Z")});
  // 00 to 15 in Berlin, the last one cut at 15:20; then 09:20 and 10 to 23 in New York.
  REQUIRE(day.hours.size() == 16 + 15);
  CHECK(starts(day)[15] == "2024-01-15T15:00:00+01:00");
  CHECK(starts(day)[16] == "2024-01-15T09:20:00-05:00");
  CHECK(starts(day)[17] == "2024-01-15T10:00:00-05:00");
  CHECK(keys_by_row(day) == Strings{"9:1", "16:1", "30:1"});

  // In a named zone it is that zone's day, and the 04:59Z and 05:00Z events are the next day's.
  const DayReport berlin = report("2024-01-15", events, "", "Europe/Berlin");
  CHECK(berlin.timezone == "Europe/Berlin");
  CHECK(berlin.hours.size() == 24);
  CHECK(keys_by_row(berlin) == Strings{"9:1", "15:1"});
}

TEST_CASE("a machine that flies east has a shorter day") {
  const DayReport day = report("2024-01-15", {minute("2024-01-15T06:00:00Z", "America/New_York", -300),  // 01:00
                                              minute("2024-01-15T14:00:00Z", "Europe/Berlin", 60),       // 15:00
                                              minute("2024-01-15T22:59:00Z", "Europe/Berlin", 60)});     // 23:59
  CHECK(day.range == TimeRange{at("2024-01-15T05:00:00Z"), at("2024-01-15T23:00:00Z")});
  REQUIRE(day.hours.size() == 9 + 9);  // 00 to 08 in New York, 15 to 23 in Berlin
  CHECK(starts(day)[8] == "2024-01-15T08:00:00-05:00");
  CHECK(starts(day)[9] == "2024-01-15T15:00:00+01:00");
  CHECK(keys_by_row(day) == Strings{"1:1", "9:1", "17:1"});
}

TEST_CASE("a machine that flies west past midnight lives the evening again") {
  const std::vector<Event> events = {
      minute("2024-01-14T12:00:00Z", "Europe/Berlin", 60),       // the 14th, 13:00
      minute("2024-01-14T23:30:00Z", "Europe/Berlin", 60),       // the 15th, 00:30
      minute("2024-01-15T00:00:00Z", "America/New_York", -300),  // the 14th, 19:00
      minute("2024-01-15T12:00:00Z", "America/New_York", -300),  // the 15th, 07:00
  };
  const DayReport first = report("2024-01-14", events), second = report("2024-01-15", events);
  CHECK(first.hours.size() == 24 + 5);
  CHECK(keys_by_row(first) == Strings{"13:1", "24:1"});
  CHECK(second.hours.size() == 1 + 24);
  CHECK(starts(second)[1] == "2024-01-15T00:00:00-05:00");
  CHECK(keys_by_row(second) == Strings{"0:1", "8:1"});
}

TEST_CASE("a zone of the same time does not cut an hour") {
  const DayReport day = report("2024-01-15", {minute("2024-01-15T08:00:00Z", "Europe/Berlin", 60),
                                              minute("2024-01-15T08:30:00Z", "Europe/Paris", 60)});
  CHECK(day.hours.size() == 24);
  CHECK(day.timezone == "Europe/Paris");
  CHECK(keys_by_row(day) == Strings{"9:2"});
}

TEST_CASE("an event that does not tell its offset is on its zone's clock, else on UTC") {
  const DayReport bare = report("2024-01-15", {minute("2024-01-14T23:59:00Z"), minute("2024-01-15T00:00:00Z")});
  CHECK(bare.timezone == "UTC");
  CHECK(bare.totals.events == 1);
  CHECK(starts(bare)[0] == "2024-01-15T00:00:00+00:00");
  const DayReport named = report("2024-01-15", {minute("2024-01-14T23:00:00Z", "Europe/Berlin")});
  CHECK(named.totals.events == 1);
  const DayReport unknown = report("2024-01-15", {minute("2024-01-14T23:00:00Z", "Mars/Base")});
  CHECK(unknown.totals.events == 0);
  const DayReport offset = report("2024-01-15", {minute("2024-01-14T18:30:00Z", "", 330)});
  CHECK(offset.timezone == "UTC+05:30");
  CHECK(keys_by_row(offset) == Strings{"0:1"});
}

TEST_CASE("the offset a machine showed wins over the tz database") {
  const DayReport day = report("2024-01-15", {minute("2024-01-14T22:00:00Z", "Europe/Berlin", 120)});
  CHECK(day.totals.events == 1);
  CHECK(day.timezone == "Europe/Berlin");
  CHECK(starts(day)[0] == "2024-01-15T00:00:00+02:00");
}

TEST_CASE("an empty day has its hours in the zone before, or in UTC") {
  const DayReport day = report("2024-10-27", {}, "Europe/Berlin");
  CHECK(day.timezone == "Europe/Berlin");
  CHECK(day.hours.size() == 25);
  CHECK(day.totals.events == 0);
  CHECK_FALSE(day.totals.first_activity);
  CHECK(report("2024-10-27", {}, "Mars/Base").timezone == "UTC");
  CHECK(report("2024-10-27", {}, "").hours.size() == 24);
}

TEST_CASE("an unknown zone that was asked for is an error") {
  const auto day = report_day("m1", testing::day("2024-01-15"), "Mars/Base", no_events, "");
  REQUIRE_FALSE(day.has_value());
  CHECK(day.error().code == ErrorCode::not_found);
}

TEST_CASE("every event is in one day and one hour, whatever offsets it has") {
  const std::vector<std::pair<std::string, std::vector<int>>> clocks = {
      {"Europe/Berlin", {60, 120}},   {"America/New_York", {-300, -240}}, {"Asia/Kolkata", {330}},
      {"", {0, 765, -720, 840, -37}}, {"Pacific/Apia", {780, 840, -660}}, {"Mars/Base", {1080, -1080}}};
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto below = [&](std::size_t n) { return random() % n; };
    std::vector<Event> events;
    Time time = at("2024-03-28T00:00:00Z");
    for (int i = 0; i < 400; ++i) {
      time += std::chrono::seconds(1 + below(1800));
      Event event = minute(format_timestamp(time));
      const auto& [zone, offsets] = clocks[below(clocks.size())];
      event.timezone = zone;
      if (below(5) > 0) event.utc_offset_min = offsets[below(offsets.size())];
      event.key_count = static_cast<std::int64_t>(below(1000));
      events.push_back(event);
    }
    std::int64_t all = 0, by_day = 0;
    for (const Event& event : events) all += event.key_count;
    for (auto date = std::chrono::sys_days(day("2024-03-26")); date < time + std::chrono::days(2);
         date += std::chrono::days(1)) {
      const DayReport report = report_day("m1", date, "", events_near(date, events), "").value();
      std::int64_t by_hour = 0;
      for (const DayReport::HourRow& row : report.hours) by_hour += row.totals.sum(&Event::key_count);
      CHECK(by_hour == report.totals.sum(&Event::key_count));
      CHECK(std::ranges::is_sorted(report.hours, std::less<>{}, &DayReport::HourRow::start));
      by_day += report.totals.sum(&Event::key_count);
    }
    CHECK(by_day == all);
  }
}

TEST_CASE("the days of a zone divide time, clock changes and all") {
  for (const char* zone : {"Europe/Berlin", "America/Sao_Paulo", "America/St_Johns", "Pacific/Apia",
                           "Australia/Lord_Howe", "Africa/Cairo"}) {
    CAPTURE(zone);
    auto date = std::chrono::sys_days(day("2010-01-01"));
    Time end = day_in_zone(date, zone).value().start;
    for (; date < std::chrono::sys_days(day("2019-01-01")); date += std::chrono::days(1)) {
      const DayReport report = report_day("m1", date, zone, no_events, "").value();
      REQUIRE(report.range.start == end);
      REQUIRE((report.hours.empty() || report.hours.front().start == end));
      end = report.range.end;
    }
  }
}
