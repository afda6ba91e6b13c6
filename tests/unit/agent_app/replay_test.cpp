#include "replay.hpp"
#include "input/trace_parser.hpp"

#include <activitytrack/core/clock.hpp>

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace activitytrack::agent_app;
using namespace std::chrono_literals;

namespace {

std::vector<Event> events_of(const std::string& rows, ReplayOptions options = {}) {
  if (options.start == Time{}) options.start = parse_timestamp("2024-01-15T00:00:00Z").value();
  options.machine_id = "m";
  std::vector<Event> events;
  replay(parse_trace("t_us,kind,a,b\n" + rows).value(), options, [&](const Event& event) {
    events.push_back(event);
    return true;
  });
  return events;
}

std::string begin_of(const Event& event) { return format_timestamp(event.timestamp); }

}  // namespace

TEST_CASE("a trace without rows has no events") { CHECK(events_of("").empty()); }

TEST_CASE("each interval from the first row's to the last row's gives an event, and each is whole") {
  auto events = events_of("70000000,press,1,0\n250000000,keydown,0,0\n");
  REQUIRE(events.size() == 4);
  CHECK(begin_of(events[0]) == "2024-01-15T00:01:00Z");
  CHECK(begin_of(events[3]) == "2024-01-15T00:04:00Z");
  CHECK(events[0].mouse_clicks == 1);
  CHECK(events[0].active_sec == 50);
  CHECK(events[1].active_sec == 10);
  CHECK(events[2].is_idle);
  CHECK(events[3].key_count == 1);
  for (const auto& event : events) CHECK(event.interval_sec == 60);
}

TEST_CASE("a row at the edge belongs to the interval that begins there") {
  auto events = events_of("59999999,press,1,0\n60000000,press,2,0\n");
  REQUIRE(events.size() == 2);
  CHECK(events[0].mouse_clicks == 1);
  CHECK(events[1].mouse_clicks == 1);
}

TEST_CASE("a start between the edges makes the first interval shorter") {
  ReplayOptions options;
  options.start = parse_timestamp("2024-01-15T00:00:45Z").value();
  auto events = events_of("0,press,1,0\n15000000,press,1,0\n", options);
  REQUIRE(events.size() == 2);
  CHECK(begin_of(events[0]) == "2024-01-15T00:00:45Z");
  CHECK(events[0].interval_sec == 15);
  CHECK(begin_of(events[1]) == "2024-01-15T00:01:00Z");
}

TEST_CASE("gaps of days are intervals like others") {
  ReplayOptions options;
  options.interval = 1h;
  auto events = events_of("0,press,1,0\n864000000000,press,1,0\n", options);
  REQUIRE(events.size() == 241);
  CHECK(begin_of(events.back()) == "2024-01-25T00:00:00Z");
  CHECK(events.back().mouse_clicks == 1);
}

TEST_CASE("a sink that has had enough ends the replay") {
  int seen = 0;
  replay(parse_trace("t_us,kind,a,b\n0,press,1,0\n9000000000000,press,1,0\n").value(), {},
         [&](const Event&) { return ++seen < 3; });
  CHECK(seen == 3);
}

TEST_CASE("input is judged only by the device where that is asked for") {
  std::string rows;  // a key each second to the microsecond, for ten minutes
  for (int i = 0; i < 600; ++i)
    rows += std::to_string(i) + "000000,keydown,0,0\n" + std::to_string(i) + "080000,keyup,0,0\n";
  CHECK(events_of(rows).back().input_verdict == Verdict::scripted);
  ReplayOptions options;
  options.judge_behaviour = false;
  for (const auto& event : events_of(rows, options)) {
    CHECK(event.input_verdict == Verdict::genuine);
    CHECK(event.key_count == 60);
  }
}

TEST_CASE("a trace's stem") {
  CHECK(trace_stem("/x/mouse-1.csv.gz") == "mouse-1");
  CHECK(trace_stem("mouse.v2.csv") == "mouse.v2");
  CHECK(trace_stem("/dev/stdin") == "stdin");
}
