#include "input/pointer_track.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace activitytrack;

namespace {

constexpr std::uint16_t tracked_mouse = 6;
constexpr std::uint16_t tablet = 7;
constexpr std::uint16_t tracked_xtest = 4;
constexpr float absent = std::numeric_limits<float>::quiet_NaN();

InputSample report(std::uint16_t device, float x, float y) {
  InputSample sample;
  sample.device = device;
  sample.dx = x;
  sample.dy = y;
  sample.synthetic = device == tracked_xtest;
  return sample;
}

/// A screen of 1000 by 800 with the pointer at (500, 400), a mouse, a tablet and XTEST's pointer.
PointerTrack desk() {
  PointerTrack track;
  track.set_screen(1000, 800);
  track.set_position({500, 400});
  track.describe({tracked_mouse, {}, {}, false, false});
  track.describe({tablet, {0, 10000}, {0, 8000}, true, false});
  track.describe({tracked_xtest, {}, {}, false, true});
  return track;
}

double length(const std::vector<InputSample>& batch, bool synthetic = false) {
  double px = 0;
  for (const auto& sample : batch) {
    if (sample.synthetic == synthetic) px += std::hypot(sample.dx, sample.dy);
  }
  return px;
}

}  // namespace

TEST_CASE("steps are movement, up to the screen's edge") {
  auto track = desk();
  std::vector batch{report(tracked_mouse, 3, 4), report(tracked_mouse, -600, absent), report(tracked_mouse, -10, 0)};
  track.resolve(batch, PointerTrack::Point{0, 404});
  CHECK(batch[0].dx == 3);
  CHECK(batch[0].dy == 4);
  CHECK(batch[1].dx == -503);
  CHECK(batch[1].dy == 0);
  CHECK(batch[2].dx == 0);
}

TEST_CASE("places are scaled to the screen and measured from where the pointer was") {
  auto track = desk();
  std::vector batch{report(tablet, 5030, 4040), report(tablet, 5130, absent)};
  track.resolve(batch, PointerTrack::Point{513, 404});
  CHECK(length(batch) == doctest::Approx(15));
}

TEST_CASE("a device that calls its places steps is found out in the first batch") {
  auto track = desk();
  std::vector batch{report(tracked_mouse, 503, 404), report(tracked_mouse, 603, 404)};
  track.resolve(batch, PointerTrack::Point{603, 404});
  CHECK(length(batch) == doctest::Approx(105));
  std::vector next{report(tracked_mouse, 613, 404)};
  track.resolve(next, std::nullopt);
  CHECK(length(next) == doctest::Approx(10));
}

TEST_CASE("one chance agreement does not unlearn a device") {
  auto track = desk();
  for (int i = 0; i < 3; ++i) {
    std::vector batch{report(tracked_mouse, 10, 10)};
    track.resolve(batch, PointerTrack::Point{510.0 + 10 * i, 410.0 + 10 * i});
  }
  track.set_position({600, 600});
  std::vector misleading{report(tracked_mouse, 10, 10)};  // then a program put the pointer there
  track.resolve(misleading, PointerTrack::Point{10, 10});
  CHECK(length(misleading) == doctest::Approx(std::hypot(10, 10)));
}

TEST_CASE("a warp counts nothing, and the next place is measured from it") {
  auto track = desk();
  std::vector none{report(tablet, 5000, 4000)};
  track.resolve(none, PointerTrack::Point{100, 100});  // warped after the report
  CHECK(length(none) == doctest::Approx(0));
  std::vector next{report(tablet, 1000, 1100)};
  track.resolve(next, PointerTrack::Point{100, 110});
  CHECK(length(next) == doctest::Approx(10));
}

TEST_CASE("steps between warps count in full") {
  auto track = desk();
  std::vector<InputSample> batch(10, report(tracked_mouse, 300, 0));
  track.resolve(batch, PointerTrack::Point{500, 400});  // recentred after each
  CHECK(length(batch) == doctest::Approx(3000));
  CHECK(track.position().x == 500);
}

TEST_CASE("what scripted input did to the pointer is no genuine movement") {
  auto track = desk();
  std::vector batch{report(tablet, 5000, 4000),      report(tracked_xtest, 100, 100), report(tablet, 5010, 4000),
                    report(tracked_xtest, 100, 100), report(tracked_mouse, 2, 0),     report(tablet, 5020, 4000)};
  SUBCASE("and read rightly") { track.resolve(std::span(batch).first(2), PointerTrack::Point{100, 100}); }
  SUBCASE("also misread") { track.resolve(std::span(batch).first(2), std::nullopt); }
  track.resolve(std::span(batch).subspan(2), PointerTrack::Point{502, 400});
  CHECK(length(batch) == doctest::Approx(4).epsilon(0.01));
}

TEST_CASE("samples of other kinds are left alone, and a device that is gone is forgotten") {
  auto track = desk();
  InputSample key = report(tracked_mouse, 0, 0);
  key.kind = InputKind::key_press;
  std::vector batch{key};
  track.resolve(batch, PointerTrack::Point{500, 400});
  CHECK(batch[0] == key);

  track.forget(tablet);
  std::vector unknown{report(tablet, 5, 0)};
  track.resolve(unknown, std::nullopt);
  CHECK(unknown[0].dx == 5);
}
