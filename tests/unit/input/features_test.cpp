#include "features_fixture.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

using namespace activitytrack;
using namespace activitytrack::test;
using doctest::Approx;

TEST_CASE("features name themselves, each once, with a line for people") {
  std::set<std::string_view> names;
  for (const Measure& m : measure::all) {
    CHECK(names.insert(m.name).second);
    CHECK_FALSE(m.what.empty());
    CHECK(feature_index(m.name) < measure_count);
    CHECK(feature_index(std::string(carried_prefix) + std::string(m.name)) == feature_index(m.name) + measure_count);
  }
}

TEST_CASE_FIXTURE(Desk, "without input, amounts are 0 and the rest is not known") {
  for (const Measure& m : measure::all) {
    const float value = feature(m.name);
    CHECK((std::isnan(value) || value == 0));
  }
}

TEST_CASE_FIXTURE(Desk, "a pixel there and back each 30 s") {
  for (int i = 0; i < 10; ++i) move(1, 0), wait(10), move(-1, 0), wait(29'990);
  CHECK(feature("strokes") == Approx(std::log1p(10)));
  CHECK(feature("lone_strokes") == 1);
  CHECK(feature("still_strokes") == 1);
  CHECK(feature("same_gaps") == 1);
  CHECK(feature("gap_mean") == Approx(std::log(300)));
  CHECK(feature("gap_spread") < 0.01F);
  CHECK(feature("evidence") == 10);
  CHECK(feature("extent") == Approx(std::log(2)));
}

TEST_CASE_FIXTURE(Desk, "a step to the right and one to the left") {
  for (int i = 0; i < 11; ++i) move(i % 2 ? -5 : 5, 0), wait(1000);
  CHECK(feature("strokes_back") == Approx(10.0 / 11));
  CHECK(feature("strokes_again") == 0);
  CHECK(feature("same_sizes") == Approx(10.0 / 11));
  CHECK(feature("tiny_strokes") == 0);
}

TEST_CASE_FIXTURE(Desk, "jumps from place to place") {
  for (int i = 0; i < 5; ++i) move(float(300 + 40 * i), 100), wait(2000 + 500 * i);
  CHECK(feature("jumps") == 1);
  CHECK(feature("large_strokes") == 0);
}

TEST_CASE_FIXTURE(Desk, "straight lines at constant speed are smooth, straight and steady") {
  for (int i = 0; i < 6; ++i) glide(float(200 + 30 * i), float(50 * i), 1000), wait(900 + 70 * i);
  CHECK(feature("straight_lines") == 1);
  CHECK(feature("steady_strokes") == 1);
  CHECK(feature("straightness_mean") == Approx(1).epsilon(0.001));
  CHECK(feature("jerk_mean") < 0);
  CHECK(feature("deviation_mean") == Approx(std::log(0.3)).epsilon(0.2));
  CHECK(feature("dips") == 0);
  CHECK(feature("repeated_strokes") == 0);
}

TEST_CASE_FIXTURE(Desk, "longer ways take longer for a hand, and not for a tool") {
  SUBCASE("a hand") {
    for (int i = 1; i <= 8; ++i) glide(float(60 * i), 0, 400 + 150 * i), wait(800);
    CHECK(feature("duration_by_length") > 0.95F);
  }
  SUBCASE("a tool") {
    for (int i = 1; i <= 8; ++i) glide(float(60 * i), 0, 700), wait(800);
    CHECK(std::abs(feature("duration_by_length")) < 0.6F);
  }
}

TEST_CASE_FIXTURE(Desk, "what is played in a loop repeats, in its period") {
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 8; ++i) glide(float(40 + 37 * i), float(20 * i - 60), 400 + 50 * (i % 4)), wait(500 + 90 * i);
    us = 1'000'000 + (round + 1) * std::int64_t{25'030'000};
  }
  CHECK(feature("repeated_strokes") > 0.6F);
  CHECK(feature("periodic_strokes") > 0.5F);
  CHECK(track.stroke_period_sec() == Approx(25.03).epsilon(0.01));
}

TEST_CASE_FIXTURE(Desk, "clicks on the spot, each half a second") {
  for (int i = 0; i < 20; ++i) click(5), wait(495);
  CHECK(feature("unmoved_clicks") == Approx(19.0 / 20));
  CHECK(feature("same_click_gaps") == 1);
  CHECK(feature("click_gap_mean") == Approx(std::log(501)));
  CHECK(feature("instant_clicks") == 1);
  CHECK(std::isnan(feature("settle_mean")));
  CHECK(feature("drags") == 0);
}

TEST_CASE_FIXTURE(Desk, "the time from a movement to its click, and a movement while a button is down") {
  glide(100, 0, 500), wait(250), click();
  CHECK(feature("settle_mean") == Approx(std::log(250)).epsilon(0.01));
  put({.kind = InputKind::button_press, .slot = 1}), glide(80, 0, 500);
  put({.kind = InputKind::button_release, .slot = 1});
  CHECK(feature("drags") == 0.5F);
}

TEST_CASE_FIXTURE(Desk, "a flick of the wheel is one turn; to and fro is a flip") {
  for (int i = 0; i < 6; ++i) {
    for (int n = 0; n < 4; ++n) scroll(i % 2 ? -1 : 1), wait(30);
    wait(1880);
  }
  CHECK(feature("wheel_turns") == Approx(std::log1p(6)));
  CHECK(feature("wheel_flips") == Approx(5.0 / 6));
  CHECK(feature("same_wheel_gaps") == 1);
}

TEST_CASE_FIXTURE(Desk, "a device that floods is not measured") {
  for (int i = 0; i < 5000; ++i) click(0), wait(0.1);
  CHECK(feature("evidence") == 0);
}

TEST_CASE_FIXTURE(Desk, "what was before fades by 20% a minute, and is worth no more than 16 strokes") {
  for (int i = 0; i < 61; ++i) click(), wait(920);
  track.finish(stretches), track.measure_anew();
  CHECK(feature("clicks") == 0);
  CHECK(feature("carried_clicks") == Approx(std::log1p(16)));
  us += 120'000'000;
  click();
  CHECK(feature("clicks") == Approx(std::log1p(1)));
  CHECK(feature("carried_clicks") == Approx(std::log1p(16 * 0.8 + 1)));
}
