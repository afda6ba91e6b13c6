// What is kept of a machine's applications, which may be any number, depends on their names and not on their order.
#include "report/app_bounds.hpp"
#include "report/hours.hpp"
#include "report/period.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

using namespace activitytrack;
using namespace std::chrono_literals;

namespace {

const Time noon = parse_timestamp("2024-01-15T12:00:00Z").value();

/// Events of `count` applications with names of 1 to 300 bytes, each `times`, in any order.
std::vector<Event> many(std::size_t count, std::mt19937& random, int times = 3) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < count * static_cast<std::size_t>(times); ++i) {
    const std::size_t app = i % count;
    Event event{.machine_id = "vm-1", .timestamp = noon + i * 1ms, .key_count = static_cast<std::int64_t>(i)};
    event.active_app = std::to_string(app) + std::string(app * 7919 % 300, 'x');
    event.is_idle = false, event.active_sec = 0.001 * static_cast<double>(i % 1000);
    events.push_back(std::move(event));
  }
  std::ranges::shuffle(events, random);
  return events;
}

std::vector<std::tuple<std::string, std::int64_t, std::int64_t>> apps_of(const Totals& totals) {
  std::vector<std::tuple<std::string, std::int64_t, std::int64_t>> apps;
  for (const auto& [name, app] : totals.apps)
    apps.emplace_back(name, app.key_count, std::llround(app.active_sec * 1000));
  return apps;
}

double active(const Totals& totals) {
  return std::accumulate(totals.apps.begin(), totals.apps.end(), 0.0,
                         [](double sum, const auto& app) { return sum + app.second.active_sec; });
}

}  // namespace

TEST_CASE("whatever the order, the parts and the times of cutting, the same is kept of an hour") {
  std::mt19937 random(1);
  for (const std::size_t count : {1u, 20u, 60u, 200u, 3000u}) {
    CAPTURE(count);
    std::vector<Event> events = many(count, random);
    Totals whole;
    for (const Event& event : events) whole.add(event);
    const double all_active = active(whole);
    bound_apps(whole);
    CHECK(has_bounded_apps(whole));
    CHECK(active(whole) == doctest::Approx(all_active));
    for (int round = 0; round < 20; ++round) {
      std::ranges::shuffle(events, random);
      std::vector<Totals> parts(1 + random() % 10);
      for (const Event& event : events) {
        Totals& part = parts[random() % parts.size()];
        part.add(event);
        if (random() % 50 == 0) bound_apps(part);
      }
      Totals merged;
      for (const Totals& part : parts) {
        merged.merge(part);
        if (random() % 2) bound_apps(merged);
      }
      bound_apps(merged);
      CHECK(apps_of(merged) == apps_of(whole));
    }
  }
}

TEST_CASE("an hour of usual applications is kept whole, and short names stay before long ones") {
  Totals totals;
  for (int i = 0; i < 200; ++i) totals.apps["application " + std::to_string(i % 10)].key_count += 1;
  CHECK(has_bounded_apps(totals));
  totals.apps["code"].active_sec = 1;
  for (int i = 0; i < 100'000; ++i) totals.apps["made-up-" + std::to_string(i)].key_count = 1;
  bound_apps(totals);
  CHECK(totals.apps.size() > 150);
  CHECK(totals.apps.size() < 250);
  CHECK(totals.apps.at("code").active_sec == 1);
  const auto keys = [](std::int64_t sum, const auto& app) { return sum + app.second.key_count; };
  CHECK(std::accumulate(totals.apps.begin(), totals.apps.end(), std::int64_t{0}, keys) == 100'200);
}

TEST_CASE("an hour of any number of applications takes little memory while it is added up") {
  Hour hour;
  for (int i = 0; i < 20'000; ++i) {
    Event event{.machine_id = "vm-1", .timestamp = noon + i * 1ms, .key_count = 1};
    event.active_app = "app " + std::to_string(i);
    hour.add(event);
    REQUIRE(hour.totals.apps.size() <= 401);
  }
  CHECK(hour.totals.sum(&Event::key_count) == 20'000);
}

TEST_CASE("the rest is the last row, one of as many as are asked for, and is read back as what it is") {
  Totals totals;
  for (int i = 0; i < 20; ++i) totals.apps["app " + std::to_string(i)] = {20.0 - i, i};
  totals.apps["others"] = {30, 1};  // an application may have this name
  CHECK(top_apps(totals, 3).size() == 3);
  CHECK_FALSE(top_apps(totals).back().is_rest);
  totals.apps[std::string(other_apps)] = {1000, 7};
  const auto rows = top_apps(totals, 3);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].app == "others");
  CHECK_FALSE(rows[0].is_rest);
  CHECK(rows[2].is_rest);
  CHECK(rows[2].totals.key_count == 7);
  CHECK(top_apps(totals, 0).empty());
  CHECK(top_apps(totals, totals.apps.size()).size() == totals.apps.size());

  DayReport day;
  day.machine_id = "vm-1", day.date = parse_date("2024-01-15").value(), day.totals = totals;
  const std::string json = encode_summary(day, true);
  CHECK(json.find(R"({"app":"others","active_sec":1000,"key_count":7,"rest":true})") != json.npos);
  CHECK(apps_of(decode_all_apps(json).value()) == apps_of(totals));
}

TEST_CASE("long periods keep the most active applications, and all of what they add up to") {
  for (const auto& [last, days, most] : {std::tuple("2024-01-16", 2, 5001u), std::tuple("2024-12-31", 366, 5001u)}) {
    auto builder =
        PeriodBuilder::make("vm-1", {parse_date("2024-01-01").value(), parse_date(last).value(), "UTC"}, "").value();
    double spent = 0;
    std::size_t held = 0;
    for (int day = 0; day < days; ++day) {
      const HourKey key{parse_timestamp("2024-01-01T12:00:00Z").value() + day * 24h, 0};
      Totals* into = builder.day_of(key).value();
      for (int hour = 0; hour < 10; ++hour) {
        Totals part;
        for (int i = 0; i < 200; ++i)
          part.apps["d" + std::to_string(day) + std::to_string(hour * 200 + i)].active_sec = 1;
        part.apps["code"].active_sec = 60;
        spent += active(part);
        into->merge(part);
        builder.note_added(key, *into, "UTC", key.start);
      }
      held += into->apps.size();
    }
    CHECK(held <= 200'000);
    const PeriodReport report = builder.take();
    CHECK(report.totals.apps.size() <= most);
    CHECK(report.totals.apps.at("code").active_sec == 600 * days);
    CHECK(active(report.totals) == doctest::Approx(spent));
  }
}
