#include "input/strokes.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace activitytrack;

namespace {

/// The strokes of a way at 1 px each ms for `ms`, reported each `every_ms`, then a rest.
std::vector<StrokeShape> strokes_at(int every_ms, int ms = 1000) {
  MotionGrid grid;
  std::vector<StrokeShape> strokes;
  for (int t = 0; t <= ms; t += every_ms)
    if (grid.add(10'000'000 + t * 1000, t == 0 ? 0 : float(every_ms), 0)) strokes.push_back(shape_of(grid.stroke()));
  if (grid.end()) strokes.push_back(shape_of(grid.stroke()));
  return strokes;
}

}  // namespace

TEST_CASE("a movement is one stroke of the same steps, however often it is reported") {
  for (const int every_ms : {1, 8, 25, 40, 100, 125}) {
    CAPTURE(every_ms);
    const auto strokes = strokes_at(every_ms);
    REQUIRE(strokes.size() == 1);
    CHECK(strokes[0].first == 100);
    CHECK(strokes[0].x == doctest::Approx(1000).epsilon(0.001));
    CHECK(strokes[0].path == doctest::Approx(1000).epsilon(0.001));
    CHECK(strokes[0].steps >= 10);
    CHECK(strokes[0].steps <= 11);
  }
}

TEST_CASE("a report tells evenly of the time since the one before") {
  MotionGrid grid;
  grid.add(50'000, 0, 0);
  grid.add(150'000, 100, -10);
  REQUIRE(grid.end());
  REQUIRE(grid.stroke().count == 2);
  CHECK(grid.stroke().steps[0].x == doctest::Approx(50));
  CHECK(grid.stroke().steps[1].x == doctest::Approx(50));
  CHECK(grid.stroke().steps[1].y == doctest::Approx(-5));
}

TEST_CASE("a rest of more than three steps ends a stroke, a shorter one does not") {
  MotionGrid grid;
  CHECK_FALSE(grid.add(0, 5, 0));
  CHECK_FALSE(grid.add(300'000, 5, 0));
  CHECK(grid.add(700'000, 5, 0));
  CHECK(grid.stroke().count == 4);
  CHECK(shape_of(grid.stroke()).x == 10);
  CHECK(grid.end());
  CHECK(grid.stroke().first == 7);
  CHECK_FALSE(grid.end());
}

TEST_CASE("what does not end is cut after six seconds, and no way is lost") {
  const auto strokes = strokes_at(5, 20'000);
  REQUIRE(strokes.size() == 4);
  float way = 0;
  for (const auto& stroke : strokes) {
    CHECK(stroke.steps <= 60);
    way += stroke.x;
  }
  CHECK(way == doctest::Approx(20'000).epsilon(0.001));
}
