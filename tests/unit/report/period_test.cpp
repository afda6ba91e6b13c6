#include "report/wall_clock.hpp"
#include "samples.hpp"

#include "report/period.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace activitytrack;
using namespace activitytrack::testing;
using namespace std::chrono_literals;

namespace {

/// A month of five-minute intervals of a machine that goes from Berlin to Kolkata on the 12th, and on to Lima on the
/// 20th; its clocks change on the 10th of March (New York) and not at all elsewhere.
std::vector<Event> travels() {
  std::mt19937 random(11);
  std::vector<Event> events;
  for (Time time = at("2024-02-28T00:00:00Z"); time < at("2024-03-31T12:00:00Z"); time += 5min) {
    Event event;
    event.machine_id = "vm-1";
    event.timestamp = time + std::chrono::seconds(random() % 60);
    event.timezone = time < at("2024-03-12T07:20:00Z")   ? "America/New_York"
                     : time < at("2024-03-20T00:00:00Z") ? "Asia/Kolkata"
                                                         : "America/Lima";
    event.utc_offset_min = offset_in_zone(event.timestamp, event.timezone).value();
    event.key_count = random() % 100, event.active_sec = 60.0 * (random() % 100) / 100;
    event.is_idle = event.active_sec == 0, event.cpu_percent = random() % 100;
    event.active_app = "app" + std::to_string(random() % 7);
    event.input_verdict = random() % 9 ? Verdict::genuine : Verdict::scripted;
    events.push_back(event);
  }
  return events;
}

/// As a server does it: hours first, events of those that were split.
PeriodReport period(const PeriodQuery& query, const std::vector<Event>& events) {
  Hours hours;
  for (const Event& event : events) hours[hour_of(event)].add(event);
  auto builder = PeriodBuilder::make("vm-1", query, "").value();
  const TimeRange needed = builder.hours_needed();
  for (const auto& [key, hour] : hours) {
    if (key.start < needed.start || key.start >= needed.end) continue;
    if (const auto day = builder.day_of(key); !day) {
      for (const Event& event : events) {
        if (hour_of(event) == key) builder.add(event);
      }
    } else if (*day) {
      (*day)->merge(hour.totals);
      builder.note_added(key, **day, hour.timezone, hour.last_event);
    }
  }
  return builder.take();
}

/// What a summary shows of totals: sums that were rounded on their way differ in digits that nobody sees.
std::string shown(const Totals& totals) {
  PeriodReport report{"vm-1", day("2024-01-01"), day("2024-01-01"), "", {}, totals, {}};
  return encode_summary(report);
}

}  // namespace

TEST_CASE("a period's days are the days, on any clock") {
  const auto events = travels();
  for (const char* zone : {"", "UTC", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"}) {
    CAPTURE(zone);
    const auto report = period({day("2024-02-29"), day("2024-03-30"), zone}, events);
    REQUIRE(report.days.size() == 31);
    Totals sum;
    for (const DayRow& row : report.days) {
      const auto alone = report_day("vm-1", row.date, zone, events_near(row.date, events), "").value();
      CHECK(shown(row.totals) == shown(alone.totals));
      sum.merge(row.totals);
    }
    CHECK(shown(report.totals) == shown(sum));
    CHECK(report.totals.events > 8000);
  }
}

TEST_CASE("a period begins and ends with its days on the clocks that were shown there") {
  const auto own = period({day("2024-03-01"), day("2024-03-30"), ""}, travels());
  CHECK(own.timezone == "America/Lima");
  CHECK(own.range == TimeRange{at("2024-03-01T05:00:00Z"), at("2024-03-31T05:00:00Z")});
  const auto named = period({day("2024-03-01"), day("2024-03-30"), "Asia/Kolkata"}, travels());
  CHECK(named.timezone == "Asia/Kolkata");
  CHECK(named.range == TimeRange{at("2024-02-29T18:30:00Z"), at("2024-03-30T18:30:00Z")});
}

TEST_CASE("a period without events has its days, in the machine's last zone") {
  auto builder = PeriodBuilder::make("vm-1", {day("2024-03-01"), day("2024-03-02"), ""}, "Europe/Berlin").value();
  const auto report = builder.take();
  CHECK(report.days.size() == 2);
  CHECK(report.totals.events == 0);
  CHECK(report.timezone == "Europe/Berlin");
  CHECK(report.range == TimeRange{at("2024-02-29T23:00:00Z"), at("2024-03-02T23:00:00Z")});
}

TEST_CASE("an unknown zone is an error") {
  CHECK(PeriodBuilder::make("vm-1", {day("2024-03-01"), day("2024-03-02"), "Europe/Nowhere"}, "").error().code ==
        ErrorCode::not_found);
}
