#include "samples.hpp"

#include <activitytrack/report/summary.hpp>

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace activitytrack::testing;

namespace {

/// Three intervals: an active minute, a scripted one, and half an idle one.
std::vector<Event> three() {
  Event active = minute("2024-01-15T10:00:00Z");
  active.key_count = 150;
  active.mouse_clicks = 45;
  active.mouse_distance_px = 12500;
  active.scroll_count = 20;
  active.active_sec = 48.5;
  active.cpu_percent = 10;
  active.ram_used_percent = 50;
  active.disk_read_bytes = 1000;
  active.disk_write_bytes = 7;

  Event scripted = minute("2024-01-15T10:01:00Z");
  scripted.key_count = 0;
  scripted.active_sec = 0;
  scripted.is_idle = true;
  scripted.scripted_count = 99;
  scripted.input_verdict = Verdict::scripted;
  scripted.cpu_percent = 40;

  Event idle = minute("2024-01-15T10:02:00Z");
  idle.key_count = 0;
  idle.active_sec = 0;
  idle.is_idle = true;
  idle.interval_sec = 30;
  idle.input_verdict = Verdict::none;
  idle.cpu_percent = 20;
  return {active, scripted, idle};
}

Totals sum(const std::vector<Event>& events) {
  Totals totals;
  for (const Event& event : events) totals.add(event);
  return totals;
}

}  // namespace

TEST_CASE("totals add up") {
  const Totals t = sum(three());
  CHECK(t.events == 3);
  CHECK(t.sum(&Event::key_count) == 150);
  CHECK(t.sum(&Event::mouse_clicks) == 45);
  CHECK(t.sum(&Event::mouse_distance_px) == 12500);
  CHECK(t.sum(&Event::scroll_count) == 20);
  CHECK(t.sum(&Event::scripted_count) == 99);
  CHECK(t.sum(&Event::disk_read_bytes) == 1000);
  CHECK(t.sum(&Event::disk_write_bytes) == 7);
  CHECK(t.observed_sec == 150);
  CHECK(t.active_sec == 48.5);
  CHECK(t.idle_sec() == 101.5);
  CHECK(t.scripted_sec == 60);
  CHECK(t.first_activity == at("2024-01-15T10:00:00Z"));
  CHECK(t.last_activity == at("2024-01-15T10:01:00Z"));
  // (10 * 60 + 40 * 60 + 20 * 30) / 150
  CHECK(*t.cpu.mean() == doctest::Approx(24));
  CHECK(t.cpu.max == 40);
  CHECK(t.ram.mean() == 50);
  CHECK_FALSE(t.disk.mean());
}

TEST_CASE("parts merge to the whole, in either order") {
  const auto events = three();
  const Totals head = sum({events[0]}), tail = sum({events[1], events[2]});
  Totals forward = head, backward = tail;
  forward.merge(tail);
  backward.merge(head);
  for (const Totals& t : {forward, backward}) {
    CHECK(t.events == 3);
    CHECK(t.sum(&Event::key_count) == 150);
    CHECK(t.scripted_sec == 60);
    CHECK(t.last_activity == at("2024-01-15T10:01:00Z"));
    CHECK(*t.cpu.mean() == doctest::Approx(24));
    CHECK(t.cpu.max == 40);
    CHECK(t.apps.at("code").key_count == 150);
  }
}

TEST_CASE("each summed field is added, merged, encoded and decoded") {
  Event event = minute("2024-01-15T10:00:00Z");
  for (std::size_t i = 0; i < summed_fields.size(); ++i)
    event.*summed_fields[i].field = static_cast<std::int64_t>(100 + i);
  Totals twice = sum({event});
  twice.merge(sum({event}));
  DayReport day = report("2024-01-15", {event, minute("2024-01-15T10:01:00Z")});
  day.totals = twice;
  const auto back = decode_day(encode_summary(day), encode_timeline(day));
  REQUIRE(back.has_value());
  for (const SummedField& row : summed_fields) {
    CAPTURE(row.name);
    CHECK(twice.sum(row) == 2 * event.*row.field);
    CHECK(encode_totals(twice).find('"' + std::string(row.name) + "\":" + std::to_string(twice.sum(row))) !=
          std::string::npos);
    CHECK(back->totals.sum(row) == twice.sum(row));
  }
}

TEST_CASE("a reading of an interval without length still counts") {
  Event event = minute("2024-01-15T10:00:00Z");
  event.interval_sec = 0;
  event.cpu_percent = 12.5;
  CHECK(sum({event}).cpu.mean() == 12.5);
}

TEST_CASE("applications: most active first, then keys, then the name; none for nothing") {
  Totals totals;
  const auto add = [&](const std::string& app, double active, std::int64_t keys) {
    Event event = minute("2024-01-15T10:00:00Z");
    event.active_app = app;
    event.active_sec = active;
    event.key_count = keys;
    totals.add(event);
  };
  add("idle", 0, 0);
  add("", 50, 5);
  add("b", 10, 3);
  add("a", 10, 3);
  add("c", 10, 4);
  add("most", 9, 0);
  add("most", 9, 1);
  for (int i = 0; i < 10; ++i) add("z" + std::to_string(i), 1, 0);
  const auto rows = top_apps(totals);
  REQUIRE(rows.size() == 10);
  CHECK(rows[0].app == "most");
  CHECK(rows[0].totals.active_sec == 18);
  CHECK(rows[0].totals.key_count == 1);
  CHECK(rows[1].app == "c");
  CHECK(rows[2].app == "a");
  CHECK(rows[3].app == "b");
  CHECK(rows[4].app == "z0");
}

TEST_CASE("a sum of claims beyond all bounds stays at the greatest number") {
  Event event = minute("2024-01-15T10:00:00Z");
  event.disk_read_bytes = 9'000'000'000'000'000;
  Totals one, all;
  for (int i = 0; i < 1000; ++i) one.add(event);
  for (int i = 0; i < 3; ++i) all.merge(one);
  CHECK(one.sum(&Event::disk_read_bytes) == 9'000'000'000'000'000'000);
  CHECK(all.sum(&Event::disk_read_bytes) == INT64_MAX);
}
