// A stretch of time as columns: how long steps are, and how events are spread over them.
#include "report/minutes.hpp"

#include <doctest/doctest.h>

#include <numeric>

using namespace activitytrack;
using namespace std::chrono_literals;

namespace {

const Time day_start = parse_timestamp("2024-01-15T00:00:00Z").value();
const TimeRange whole_day{day_start, day_start + 24h};

Event event_after(std::chrono::seconds after, double length = 60) {
  Event event;
  event.machine_id = "m";
  event.timestamp = day_start + after;
  event.interval_sec = length;
  return event;
}

template <class Column>
auto sum_of(const Column& column) {
  return std::accumulate(column.begin(), column.end(), typename Column::value_type{});
}

}  // namespace

TEST_CASE("steps are as short as the points allow, and no shorter than events") {
  CHECK(minutes_step(whole_day, 1500, 60s) == 60s);
  CHECK(minutes_step(whole_day, 4000, 60s) == 60s);  // and not 30 s, which there is nothing of
  CHECK(minutes_step(whole_day, 1500, 1s) == 60s);
  CHECK(minutes_step(whole_day, 4000, 1s) == 30s);
  CHECK(minutes_step({day_start, day_start + 10min}, 1500, 1s) == 1s);
  CHECK(minutes_step({day_start, day_start + 25h}, 1500, 60s) == 60s);
  CHECK(minutes_step(whole_day, 400, 60s) == 60s);  // a day of minutes is shown as such
  CHECK(minutes_step(whole_day, 400, 1s) == 300s);
  CHECK(minutes_step({day_start, day_start + 24h * 7}, 1500, 60s) == 600s);
  CHECK(minutes_step({day_start, day_start + 24h * 31}, 16, 60s) == 3600s);
}

TEST_CASE("the usual length of events is that of most of them") {
  CHECK(usual_interval({}) == 60s);
  CHECK(usual_interval({event_after(0s, 17.5), event_after(60s), event_after(120s)}) == 60s);
  CHECK(usual_interval({event_after(0s, 0.2)}) == 1s);
}

TEST_CASE("each minute has its event, and time without one is 0") {
  MinuteColumns columns(whole_day, 60s, false);
  Event event = event_after(61s);
  event.active_sec = 30, event.is_idle = false, event.key_count = 7, event.active_app = "code";
  event.cpu_percent = 12.5;
  columns.add(event);
  columns.add(event_after(23h + 59min));
  columns.finish();
  CHECK(columns.size() == 1440);
  CHECK(columns.observed_sec[1] == doctest::Approx(59));
  CHECK(columns.observed_sec[2] == doctest::Approx(1));
  CHECK(columns.observed_sec[1439] == 60);
  CHECK(sum_of(columns.observed_sec) == doctest::Approx(120));
  CHECK(sum_of(columns.counts[0]) == 7);
  CHECK(columns.cpu_percent[1] == 12.5);
  CHECK_FALSE(columns.cpu_percent[0].has_value());
  CHECK(columns.apps.names == std::vector<std::string>{"code"});
  CHECK(columns.apps.of_step[1] == 0);
  CHECK(columns.apps.of_step[0] == -1);
}

TEST_CASE("an event that is longer than a step is spread, and its counts stay whole") {
  MinuteColumns columns({day_start, day_start + 10min}, 60s, false);
  Event event = event_after(30s, 300);
  event.key_count = 7, event.mouse_clicks = 1'000'000'000, event.active_sec = 100;
  columns.add(event);
  columns.finish();
  CHECK(columns.observed_sec[0] == doctest::Approx(30));
  CHECK(columns.observed_sec[3] == doctest::Approx(60));
  CHECK(columns.observed_sec[5] == doctest::Approx(30));
  CHECK(columns.observed_sec[6] == 0);
  CHECK(sum_of(columns.counts[0]) == 7);
  CHECK(sum_of(columns.counts[1]) == 1'000'000'000);
  CHECK(sum_of(columns.active_sec) == doctest::Approx(100));
}

TEST_CASE("what an event has beyond the end counts in the last step, so that sums are those of the events") {
  MinuteColumns columns({day_start, day_start + 2min}, 60s, false);
  Event event = event_after(90s, 600);
  event.key_count = 100;
  columns.add(event);
  Event empty = event_after(100s, 0);
  empty.key_count = 1;
  columns.add(empty);
  columns.finish();
  CHECK(columns.counts[0] == std::vector<std::int64_t>{0, 101});
  CHECK(columns.observed_sec[1] == doctest::Approx(600));
}

TEST_CASE("a step has the greatest load, the least score, and what was on for longest") {
  MinuteColumns columns({day_start, day_start + 1min}, 60s, true);
  for (int second = 0; second < 60; ++second) {
    Event event = event_after(std::chrono::seconds(second), 1);
    event.active_sec = 1;
    event.active_app = second < 20 ? "mail" : "code";
    event.active_window = second % 3 == 0 ? "a" : "b";
    event.cpu_percent = second;
    event.ram_used_percent = 100 - second;
    event.genuine_score = second == 40 ? 0.5 : 0.9;
    columns.add(event);
  }
  columns.finish();
  CHECK(columns.observed_sec[0] == doctest::Approx(60));
  CHECK(columns.cpu_percent[0] == 59);
  CHECK(columns.ram_used_percent[0] == 100);
  CHECK(columns.genuine_score[0] == 0.5);
  CHECK(columns.apps.names[static_cast<std::size_t>(columns.apps.of_step[0])] == "code");
  CHECK(columns.titles.names[static_cast<std::size_t>(columns.titles.of_step[0])] == "b");
}

TEST_CASE("scripted events that follow each other are one stretch, with all its reasons") {
  MinuteColumns columns(whole_day, 60s, false);
  for (const auto minute : {10, 11, 12, 40}) {
    Event event = event_after(std::chrono::minutes(minute));
    event.input_verdict = minute == 12 ? Verdict::mixed : Verdict::scripted;
    event.genuine_score = 0.01 * minute;
    event.scripted_count = 5;
    event.scripted_reasons = {"constant_interval", minute == 11 ? "clicks every 0.60 s" : "clicks every 0.50 s"};
    columns.add(event);
  }
  columns.finish();
  REQUIRE(columns.scripted.size() == 2);
  const auto& first = columns.scripted.front();
  CHECK(first.time == TimeRange{day_start + 10min, day_start + 13min});
  CHECK(first.scripted_sec == 120);
  CHECK(first.score == 0.1);
  CHECK(first.count == 15);
  CHECK(first.reasons == std::vector<std::string>{"constant_interval", "clicks every 0.50 s", "clicks every 0.60 s"});
  CHECK(columns.scripted_sec[10] == 60);
  CHECK(columns.scripted_sec[12] == 0);
}

TEST_CASE("zones begin where the machine's clock changed") {
  MinuteColumns columns(whole_day, 60s, false);
  for (const auto hour : {1, 2, 3, 4}) {
    Event event = event_after(std::chrono::hours(hour));
    if (hour != 2) event.timezone = hour < 4 ? "Europe/Lisbon" : "America/Sao_Paulo";
    event.utc_offset_min = hour < 4 ? 0 : -180;
    columns.add(event);
  }
  columns.finish();
  REQUIRE(columns.zones.size() == 2);
  CHECK(columns.zones[0].from == day_start);
  CHECK(columns.zones[0].timezone == "Europe/Lisbon");
  CHECK(columns.zones[1].from == day_start + 4h);
  CHECK(columns.zones[1].offset_min == -180);
}
