#include "core/backoff.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace activitytrack;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

TEST_CASE("waits are drawn from [0, min(cap, base * 2^failures)]") {
  constexpr int seeds = 2000;
  const milliseconds ceilings[] = {2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 300s, 300s};
  std::vector<milliseconds> sum(std::size(ceilings)), least(std::size(ceilings), 1h), most(std::size(ceilings));
  for (int seed = 0; seed < seeds; ++seed) {
    Backoff backoff(static_cast<std::uint64_t>(seed));
    for (std::size_t i = 0; i < std::size(ceilings); ++i) {
      const milliseconds wait = backoff.failed();
      sum[i] += wait;
      least[i] = std::min(least[i], wait);
      most[i] = std::max(most[i], wait);
    }
  }
  for (std::size_t i = 0; i < std::size(ceilings); ++i) {
    CAPTURE(i);
    CHECK(least[i] >= 0ms);
    CHECK(most[i] <= ceilings[i]);
    // Full jitter: from end to end, with the mean in the middle.
    CHECK(least[i] < ceilings[i] / 50);
    CHECK(most[i] > ceilings[i] * 49 / 50);
    CHECK(sum[i] / seeds > ceilings[i] * 46 / 100);
    CHECK(sum[i] / seeds < ceilings[i] * 54 / 100);
  }
}

TEST_CASE("the same seed gives the same waits, another one others") {
  Backoff one(7), same(7), other(8);
  std::vector<milliseconds> a, b, c;
  for (int i = 0; i < 10; ++i) a.push_back(one.failed()), b.push_back(same.failed()), c.push_back(other.failed());
  CHECK(a == b);
  CHECK(a != c);
}

TEST_CASE("a success starts over") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Backoff backoff(seed, 100ms, 1h);
    for (int i = 0; i < 100; ++i) backoff.failed();
    CHECK(backoff.failures() == 100);
    backoff.succeeded();
    CHECK(backoff.failures() == 0);
    CHECK(backoff.failed() <= 100ms);
  }
}

TEST_CASE("what the server asks for is a lower bound, up to an hour, with the jitter on top") {
  bool jitters = false;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const milliseconds wait = Backoff(seed).failed(30s);
    CHECK(wait >= 30s);
    CHECK(wait <= 32s);
    jitters = jitters || wait > 31s;
    const milliseconds longest = Backoff(seed).failed(std::chrono::hours(48));
    CHECK(longest >= 1h);
    CHECK(longest <= 1h + 2s);
    CHECK(Backoff(seed).failed(-5s) >= 0s);
  }
  CHECK(jitters);
}
