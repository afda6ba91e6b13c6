#include "agent/send_schedule.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

using namespace activitytrack;
using namespace std::chrono_literals;

namespace {

using Instant = SendSchedule::Instant;

constexpr Instant start{1000h};
constexpr RoundEnd done{.all_done = true};

RoundEnd failure(std::optional<std::chrono::seconds> retry_after = std::nullopt) {
  return {.retry_after = retry_after};
}

/// Runs a round at the moment that it is due.
Instant run(SendSchedule& schedule, const RoundEnd& end) {
  const Instant at = schedule.due();
  schedule.begun(at);
  schedule.ended(end, at);
  return at;
}

/// How many of the rounds lie in the second that has the most.
int most_in_a_second(const std::vector<Instant>& rounds) {
  std::map<Instant, int> seconds;
  int most = 0;
  for (const Instant at : rounds) most = std::max(most, ++seconds[std::chrono::floor<std::chrono::seconds>(at)]);
  return most;
}

std::vector<SendSchedule> fleet(int size) {
  std::mt19937_64 seeds(1);
  std::vector<SendSchedule> schedules;
  for (int i = 0; i < size; ++i) schedules.emplace_back(seeds(), 300s, start);
  return schedules;
}

}  // namespace

TEST_CASE("after a start a round is due within seconds, and then one each interval") {
  SendSchedule schedule(1, 300s, start);
  const Instant first = run(schedule, done);
  CHECK(first <= start + 5s);
  const Instant second = run(schedule, done);
  CHECK(second <= first + 300s);
  CHECK(run(schedule, done) == second + 300s);
  CHECK(run(schedule, done) == second + 600s);
}

TEST_CASE("a fleet that starts at once is spread over the seconds of the start, and over each interval from then on") {
  std::vector<Instant> first, second;
  for (SendSchedule& schedule : fleet(1000)) {
    first.push_back(run(schedule, done));
    second.push_back(run(schedule, done));
  }
  CHECK(*std::ranges::max_element(first) <= start + 5s);
  CHECK(most_in_a_second(first) < 260);
  CHECK(most_in_a_second(second) < 20);
}

TEST_CASE("a fleet whose network returns after an hour comes back within seconds, and not in one of them") {
  const Instant returned = start + 1h;
  std::vector<Instant> rounds;
  for (SendSchedule& schedule : fleet(1000)) {
    while (schedule.due() < returned) run(schedule, failure());
    schedule.soon(returned);
    rounds.push_back(run(schedule, done));
  }
  CHECK(*std::ranges::max_element(rounds) <= returned + 5s);
  CHECK(most_in_a_second(rounds) < 260);
}

TEST_CASE("what is wanted soon does not move the rounds of each interval") {
  SendSchedule schedule(1, 300s, start);
  run(schedule, done);
  const Instant regular = schedule.due();
  schedule.soon(start + 10s);
  CHECK(run(schedule, done) <= start + 15s);
  CHECK(schedule.due() == regular);
}

TEST_CASE("what is wanted soon while a round is under way comes after it, also after a failure") {
  for (const RoundEnd& end : {done, failure()}) {
    SendSchedule schedule(1, 300s, start);
    for (int i = 0; i < 12; ++i) run(schedule, failure());
    const Instant now = schedule.due();
    schedule.begun(now);
    schedule.soon(now);
    schedule.ended(end, now);
    CHECK(schedule.due() <= now + 5s);
  }
}

TEST_CASE("while rounds fail, what is wanted soon again and again comes once in half a minute") {
  SendSchedule schedule(1, 300s, start);
  for (int i = 0; i < 12; ++i) run(schedule, failure());
  const Instant begin = schedule.due(), end = begin + 1h;
  int rounds = 0;
  for (Instant now = begin; now < end; now += 100ms) {
    schedule.soon(now);
    if (schedule.due() > now) continue;
    schedule.begun(now);
    schedule.ended(failure(), now);
    ++rounds;
  }
  CHECK(rounds > 100);
  CHECK(rounds < 160);  // with those of the back-off, which are minutes apart
}

TEST_CASE("a server that asked to be left alone is left alone, whatever is wanted soon") {
  SendSchedule schedule(1, 300s, start);
  const Instant now = schedule.due();
  schedule.begun(now);
  schedule.soon(now);
  schedule.ended(failure(600s), now);
  schedule.soon(now);
  schedule.set_interval(1s, now);
  CHECK(schedule.due() >= now + 600s);
  const Instant again = run(schedule, done);
  CHECK(schedule.due() == again + 1s);
}

TEST_CASE("a shorter interval does not wait for the longer one") {
  SendSchedule schedule(1, 24h, start);
  run(schedule, done);
  schedule.set_interval(60s, start + 10s);
  CHECK(run(schedule, done) <= start + 15s);
  CHECK(run(schedule, done) <= start + 70s);
}
