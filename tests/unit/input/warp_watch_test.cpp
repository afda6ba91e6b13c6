#include "input/pointer_track.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace std::chrono_literals;

namespace {

using Point = PointerTrack::Point;

/// A pointer that was looked at after a minute of calm, and the clock.
struct Calm {
  WarpWatch watch;
  Ticks now{1h};

  Calm() {
    watch.look(now, Point{10, 10});
    later(60s, 10);
  }

  /// Whether a look after `time` finds that a program moved the pointer to x.
  bool later(std::chrono::seconds time, double x) {
    now += time;
    return watch.look(now, Point{x, 10}).has_value();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Calm, "a move that nothing explains is a program's, by so much") {
  const auto by = watch.look(now + 60s, Point{7, 30});
  REQUIRE(by);
  CHECK(by->x == -3);
  CHECK(by->y == 20);
  CHECK_FALSE(watch.look(now + 120s, Point{7, 30}));
}

TEST_CASE_FIXTURE(Calm, "each further move is found too") {
  for (int i = 1; i <= 3; ++i) CHECK(later(60s, 10 + i));
}

TEST_CASE("what happens soon after opening is not known to be a program's") {
  WarpWatch watch;
  watch.look(Ticks(1h), Point{10, 10});
  CHECK_FALSE(watch.look(Ticks(1h) + 5s, Point{20, 10}));
  CHECK_FALSE(watch.look(Ticks(1h) + 60s, Point{30, 10}));
  CHECK(watch.look(Ticks(1h) + 120s, Point{40, 10}));
}

TEST_CASE_FIXTURE(Calm, "what happens together with input, or some seconds after it, is not") {
  watch.disturb(now + 59s);
  CHECK_FALSE(later(60s, 20));
  watch.disturb(now);
  CHECK_FALSE(later(9s, 30));   // a window manager's answer to a key
  CHECK_FALSE(later(50s, 40));  // when since the look before is not known
  CHECK(later(1s, 50));
}

TEST_CASE_FIXTURE(Calm, "a game that puts the pointer back into the middle at each move") {
  for (int i = 0; i < 100; ++i) {
    watch.disturb(now + 2s);
    CHECK_FALSE(later(2s, i % 7));
  }
}

TEST_CASE_FIXTURE(Calm, "a pointer that went to another screen and came back") {
  watch.look(now + 1s, std::nullopt);
  CHECK_FALSE(later(60s, 20));
  CHECK_FALSE(later(60s, 30));
  CHECK(later(60s, 40));
}
