#include "input/behaviour_model.hpp"
#include "input/behaviour_model_parameters.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

using namespace activitytrack;

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();
constexpr std::array<std::string_view, 2> names{"jerk_mean", "carried_keys"};
constexpr std::array<BehaviourTree, 2> trees{{
    {{0, 1, 1, 0, 0, 0, 0}, {1, 5, 6, 0, 0, 9, 9}, 0b0000010, {1, 2, 3, 4, 5, 6, 7, 8}},
    {{1, 1, 1, 1, 1, 1, 1}, {5, 0, 0, 0, 0, 0, 0}, 0, {-10, -10, -10, -10, 10, 10, 10, 10}},
}};
constexpr std::array<CalibrationPoint, 3> calibration{{{-2, 1}, {0, 0.5}, {4, 0}}};
constexpr BehaviourModel model{names, {}, trees, {}, {}, 0, 0, 0, calibration};

float raw(float a, float b) { return raw_score(model, std::array{a, b}); }

}  // namespace

TEST_CASE("a tree sends what is less left, and what is not known where it says") {
  CHECK(raw(0.5F, 4) == 2 - 10);  // left, left, right
  CHECK(raw(-1, 4) == 1 - 10);
  CHECK(raw(0.5F, 5) == 4 + 10);  // a value at the threshold goes right
  CHECK(raw(1, 5.5F) == 5 + 10);
  CHECK(raw(10, 6) == 8 + 10);
  CHECK(raw(0.5F, missing) == 2 + 10);  // left at the first tree's node 1, right in the second
}

TEST_CASE("what is beyond a limit scores no less than the limit says") {
  static constexpr std::array<std::string_view, 3> measures{"repeated_strokes", "carried_repeated_strokes",
                                                            "carried_repeats"};
  static constexpr std::array<BehaviourTree, 1> even{{{{}, {}, 0, {-1, -1, -1, -1, -1, -1, -1, -1}}}};
  static constexpr std::array<BehaviourLimit, 1> limits{
      {{.measure = 1, .present = 0, .amount = 2, .below = false, .bound = 0.2F, .least = 3}}};
  static constexpr BehaviourModel limited{measures, {}, even, {}, limits, 6, 0, 0, calibration};
  const auto score = [&](float now, float carried, float amount) {
    return raw_score(limited, std::array{now, carried, amount});
  };
  CHECK(score(0.9F, 0.3F, 3) == 6);
  CHECK(score(0.9F, 0.2F, 3) == -1);     // not more
  CHECK(score(0.9F, 0.3F, 2.9F) == -1);  // of too little
  CHECK(score(0.2F, 0.3F, 3) == -1);     // not of late
  CHECK(score(missing, 0.3F, 3) == -1);
  CHECK(score(0.9F, missing, 3) == -1);
}

TEST_CASE("what rests on keys alone scores less") {
  static constexpr std::array<std::string_view, 4> measures{"carried_keys", "carried_strokes", "carried_clicks",
                                                            "carried_wheel_turns"};
  constexpr BehaviourModel careful{measures, {}, {}, {0, 1, 2, 3, 2.0F}, {}, 6, 0, 0, calibration};
  const auto score = [&](float keys, float strokes) {
    return raw_score(careful, std::array{std::log1p(keys), std::log1p(strokes), 0.0F, 0.0F});
  };
  CHECK(score(40, 0) == doctest::Approx(-2));
  CHECK(score(40, 10) == doctest::Approx(-1));
  CHECK(score(0, 10) == 0);
  CHECK(score(0, 0) == 0);
}

TEST_CASE("calibration is linear between its points and flat beyond") {
  CHECK(genuine_probability(model, -9) == 1);
  CHECK(genuine_probability(model, -1) == doctest::Approx(0.75));
  CHECK(genuine_probability(model, 0) == 0.5F);
  CHECK(genuine_probability(model, 2) == doctest::Approx(0.25));
  CHECK(genuine_probability(model, 9) == 0);
}

TEST_CASE("the model that is built in is sound") {
  CHECK_FALSE(behaviour_model.trees.empty());
  for (const BehaviourTree& tree : behaviour_model.trees) {
    for (const auto feature : tree.feature) CHECK(feature < behaviour_model.features.size());
    for (const float threshold : tree.threshold) CHECK(std::isfinite(threshold));
    for (const float leaf : tree.leaf) CHECK(std::isfinite(leaf));
  }
  const auto points = behaviour_model.calibration;
  REQUIRE_FALSE(points.empty());
  for (std::size_t i = 0; i < points.size(); ++i) {
    CHECK(points[i].genuine >= 0);
    CHECK(points[i].genuine <= 1);
    if (i == 0) continue;
    CHECK(points[i].raw > points[i - 1].raw);
    CHECK(points[i].genuine <= points[i - 1].genuine);
  }
}
