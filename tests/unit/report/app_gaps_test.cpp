// Time that was not observed, in what the reporter shows of events that it adds up itself.
#include "app_fixture.hpp"
#include "samples.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace activitytrack::report;
using namespace activitytrack::testing;

namespace {

Event after(Gap gap, const std::string& utc) {
  Event event = minute(utc);
  event.gap_before = gap;
  return event;
}

/// A night and a weekend.
std::vector<Event> nights() {
  return {minute("2024-01-12T17:00:00Z"),
          after(Gap::off, "2024-01-15T08:00:00Z"),
          after(Gap::paused, "2024-01-15T12:30:00Z"),
          after(Gap::clock, "2024-01-15T12:30:30Z"),
          minute("2024-01-15T22:00:00Z"),
          after(Gap::asleep, "2024-01-16T07:00:00Z")};
}

std::string shown(const char* date, const char* format) {
  return run(*buffer_of(nights()), "timeline", {.date = date, .format = format}).out;
}

std::string gaps_on(const char* date) {
  const std::string json = shown(date, "json");
  return json.substr(json.find("\"gaps\":"));
}

}  // namespace

TEST_CASE("a gap is in each day that it lies in, also in one without an event") {
  CHECK(gaps_on("2024-01-12") ==
        "\"gaps\":[{\"from\":\"2024-01-12T17:01:00Z\",\"to\":\"2024-01-13T00:00:00Z\",\"name\":\"off\"}]}\n");
  CHECK(gaps_on("2024-01-14") ==
        "\"gaps\":[{\"from\":\"2024-01-14T00:00:00Z\",\"to\":\"2024-01-15T00:00:00Z\",\"name\":\"off\"}]}\n");
  CHECK(gaps_on("2024-01-15") ==
        "\"gaps\":[{\"from\":\"2024-01-15T00:00:00Z\",\"to\":\"2024-01-15T08:00:00Z\",\"name\":\"off\"},"
        "{\"from\":\"2024-01-15T08:01:00Z\",\"to\":\"2024-01-15T12:30:00Z\",\"name\":\"paused\"},"
        "{\"from\":\"2024-01-15T12:30:30Z\",\"to\":\"2024-01-15T12:30:30Z\",\"name\":\"clock\"},"
        "{\"from\":\"2024-01-15T22:01:00Z\",\"to\":\"2024-01-16T00:00:00Z\",\"name\":\"asleep\"}]}\n");
  CHECK(gaps_on("2024-01-17") == "\"gaps\":[]}\n");
}

TEST_CASE("the table, CSV and HTML show gaps by their names, and none as idle") {
  const std::string table = shown("2024-01-15", "table");
  CHECK(contains(table, "00:00:00 – 08:00:00  off"));
  CHECK(contains(table, "12:30:30             clock"));
  CHECK(contains(table, "03:00  off"));
  CHECK(contains(table, "23:00  asleep"));
  const std::string csv = shown("2024-01-15", "csv");
  CHECK(contains(csv, ",off 3600\r\n"));
  CHECK(contains(csv, ",paused 1800; clock 0\r\n"));
  const std::string page = shown("2024-01-15", "html");
  CHECK(contains(page, "<title>off from 00:00 to 08:00, 8 h"));
  CHECK(contains(page, "<rect class=\"gap off\""));
  CHECK(contains(page, "<title>clock at 12:30</title><rect class=\"gap clock\""));
  CHECK(contains(page, "<i class=\"gap paused\"></i>paused: the person paused the agent"));
  CHECK(contains(shown("2024-01-14", "html"), "off: the machine was off"));
  CHECK_FALSE(contains(shown("2024-01-17", "html"), "Not observed"));
}
