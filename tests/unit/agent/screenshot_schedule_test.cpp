#include "agent/screenshots.hpp"

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

/// A schedule, and an agent that asks it whenever it wants to be asked.
struct ScheduleRig {
  explicit ScheduleRig(AgentOptions::Screenshots::Moment moment, std::string_view start = "2024-01-15T10:32:00Z")
      : clock(start) {
    schedule.emplace(moment, 5min, clock.now(), [this] { return ++draws, random(); });
  }

  /// Lets time go by, and gives the moments that were due.
  std::vector<Time> run(std::chrono::microseconds time) {
    const Time end = clock.now() + time;
    std::vector<Time> due;
    for (std::optional<Time> next; (next = schedule->next()) && *next <= end;) {
      clock.pass(std::max(*next - clock.now(), 0us));
      if (schedule->due(clock.now(), false)) due.push_back(clock.now());
    }
    clock.pass(end - clock.now());
    return due;
  }

  FakeClock clock;
  std::mt19937_64 random{20240115};
  int draws = 0;
  std::optional<ScreenshotSchedule> schedule;
};

Time interval_of(Time time) { return Time(time.time_since_epoch() / 5min * 5min); }

}  // namespace

TEST_CASE("by the clock: at each multiple, once") {
  ScheduleRig rig(AgentOptions::Screenshots::Moment::interval);
  CHECK(rig.run(14min) ==
        std::vector{at("2024-01-15T10:35:00Z"), at("2024-01-15T10:40:00Z"), at("2024-01-15T10:45:00Z")});
  CHECK_FALSE(rig.schedule->due(rig.clock.now(), true));
  CHECK(rig.schedule->next() == at("2024-01-15T10:50:00Z"));
}

TEST_CASE("started on a multiple, it is due at once") {
  ScheduleRig rig(AgentOptions::Screenshots::Moment::interval, "2024-01-15T10:35:00Z");
  CHECK(rig.schedule->due(rig.clock.now(), false));
  CHECK_FALSE(rig.schedule->due(rig.clock.now(), false));
}

TEST_CASE("at random: one in each interval, everywhere in it alike") {
  ScheduleRig rig(AgentOptions::Screenshots::Moment::random, "2024-01-15T00:00:00Z");
  constexpr int intervals = 20'000;
  const std::vector<Time> due = rig.run(5min * intervals - 1us);
  REQUIRE(due.size() == intervals);
  std::vector<int> tenths(10);
  for (std::size_t i = 0; i < due.size(); ++i) {
    REQUIRE(interval_of(due[i]) == at("2024-01-15T00:00:00Z") + 5min * i);
    ++tenths[static_cast<std::size_t>((due[i] - interval_of(due[i])) / 30s)];
  }
  for (const int count : tenths) CHECK(std::abs(count - intervals / 10) < 250);  // 6 standard deviations
}

TEST_CASE("a moment at random is drawn when its interval begins, and not before") {
  ScheduleRig rig(AgentOptions::Screenshots::Moment::random, "2024-01-15T10:30:00Z");
  CHECK(rig.draws == 1);
  rig.run(5min - 1us);
  CHECK(rig.draws == 1);
  CHECK(rig.schedule->next() == at("2024-01-15T10:35:00Z"));
  rig.run(1us);
  CHECK(rig.draws == 2);
}

TEST_CASE("starting anew does not bring a random moment nearer") {
  int due = 0;
  ScheduleRig rig(AgentOptions::Screenshots::Moment::random);
  const Time moment = at("2024-01-15T10:30:00Z") + 60s;  // before the start at 10:32
  rig.schedule.emplace(AgentOptions::Screenshots::Moment::random, 5min, rig.clock.now(),
                       [&] { return static_cast<std::uint64_t>((moment - at("2024-01-15T10:30:00Z")) / 1us); });
  due += static_cast<int>(rig.run(3min - 1us).size());
  CHECK(due == 0);
  CHECK(rig.run(5min) == std::vector{at("2024-01-15T10:36:00Z")});
}

TEST_CASE("what was slept through is not made up for") {
  ScheduleRig rig(AgentOptions::Screenshots::Moment::interval);
  rig.clock.jump(1h + 10s);  // 11:32:10
  CHECK_FALSE(rig.schedule->due(rig.clock.now(), false));
  CHECK(rig.run(5min) == std::vector{at("2024-01-15T11:35:00Z")});
  rig.clock.jump(2min + 56s);  // 11:40:06: just past one
  CHECK_FALSE(rig.schedule->due(rig.clock.now(), false));
  CHECK(rig.run(5min) == std::vector{at("2024-01-15T11:45:00Z")});
}

TEST_CASE("a moment that is noticed a little late is due") {
  ScheduleRig rig(AgentOptions::Screenshots::Moment::interval);
  rig.clock.pass(3min + 4s);
  CHECK(rig.schedule->due(rig.clock.now(), false));
}

TEST_CASE("a clock that is set back a little makes nothing due again") {
  ScheduleRig rig(AgentOptions::Screenshots::Moment::interval);
  rig.run(3min);
  rig.clock.jump(-500ms);
  CHECK_FALSE(rig.schedule->due(rig.clock.now(), false));
  CHECK(rig.run(6min) == std::vector{at("2024-01-15T10:40:00Z")});
}

TEST_CASE("a clock that is set back far goes on from where it is") {
  for (const AgentOptions::Screenshots::Moment moment :
       {AgentOptions::Screenshots::Moment::interval, AgentOptions::Screenshots::Moment::random}) {
    ScheduleRig rig(moment);
    rig.run(10min);
    rig.clock.jump(-24h);
    rig.schedule->due(rig.clock.now(), false);
    CHECK(rig.run(25min).size() >= 4);
    CHECK(*rig.schedule->next() - rig.clock.now() <= 10min);
  }
}

TEST_CASE("by the focus: at a change, and the next after a rest") {
  ScheduleRig rig(AgentOptions::Screenshots::Moment::focus);
  CHECK_FALSE(rig.schedule->next().has_value());
  CHECK_FALSE(rig.schedule->due(rig.clock.now(), false));
  CHECK(rig.schedule->due(rig.clock.now(), true));
  rig.clock.pass(3s);
  CHECK_FALSE(rig.schedule->due(rig.clock.now(), true));
  CHECK(rig.schedule->next() == at("2024-01-15T10:32:10Z"));
  CHECK(rig.run(1min) == std::vector{at("2024-01-15T10:32:10Z")});
  CHECK_FALSE(rig.schedule->next().has_value());
  rig.clock.jump(-1h);
  CHECK(rig.schedule->due(rig.clock.now(), true));
}
