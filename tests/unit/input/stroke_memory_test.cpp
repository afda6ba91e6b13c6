#include "input/strokes.hpp"
#include "input/typing.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace activitytrack;

namespace {

StrokeShape stroke(std::int64_t first, float x, float y = 0) {
  return {.first = first, .steps = 7, .x = x, .y = y, .path = std::abs(x) + std::abs(y)};
}

}  // namespace

TEST_CASE("strokes that come again tell their period") {
  StrokeMemory memory;
  for (int round = 0; round < 4; ++round) {
    CAPTURE(round);
    for (int i = 0; i < 20; ++i) {
      const auto seen = memory.add(stroke(round * 450 + i * 20, float(30 + 10 * i), float(i)));
      if (round == 0) CHECK(seen == StrokeMemory::Seen::new_one);
      if (round == 1 && i == 0) CHECK(seen == StrokeMemory::Seen::again);
      if (round > 1) CHECK(seen == StrokeMemory::Seen::again_in_period);
    }
  }
  CHECK(memory.period() == doctest::Approx(450));
}

TEST_CASE("a stroke of other ends, length or duration is another") {
  StrokeMemory memory;
  memory.add(stroke(0, 100));
  CHECK(memory.add(stroke(50, 103)) == StrokeMemory::Seen::new_one);
  StrokeShape longer = stroke(100, 100), slower = stroke(150, 100);
  longer.path += 20, slower.steps += 4;
  CHECK(memory.add(longer) == StrokeMemory::Seen::new_one);
  CHECK(memory.add(slower) == StrokeMemory::Seen::new_one);
  CHECK(memory.add(stroke(200, 101, 1)) == StrokeMemory::Seen::again);
  CHECK(memory.period() == 0);
}

TEST_CASE("a rhythm that comes again is found after ten keys, also when it is a little off") {
  std::mt19937 random(1);
  std::lognormal_distribution<float> gap(5, 0.5);
  std::uniform_real_distribution<float> off(-4, 4);
  std::vector<float> recorded(60);
  for (float& ms : recorded) ms = gap(random);
  RhythmMemory memory;
  int found = 0;
  for (int round = 0; round < 3; ++round)
    for (const float ms : recorded) found += memory.add(ms + off(random));
  CHECK(found >= 2 * 60 - 15);
  CHECK(found <= 2 * 60);
  CHECK(memory.period() == 60);
}

TEST_CASE("no rhythm is found where there is none") {
  std::mt19937 random(2);
  std::lognormal_distribution<float> gap(5, 0.5);
  RhythmMemory memory;
  int found = 0;
  for (int i = 0; i < 5000; ++i) found += memory.add(gap(random));
  CHECK(found < 5);
}
