#include "input/behaviour_reasons.hpp"

#include "input/behaviour_model_input.hpp"
#include "input/sums.hpp"

#include "core/event_fields.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <utility>

using namespace activitytrack;

namespace {

/// Somebody's keys whose every measure is in the middle of what people have.
struct UsualKeys {
  FeatureValues features;

  UsualKeys() {
    features.fill(not_known);
    for (std::size_t i = 0; i < model_features.size(); ++i) {
      const UsualRange usual = behaviour_model.usual[i];
      if (is_of_keys(i)) features[model_features[i]] = std::midpoint(usual.low, usual.high);
    }
    features[feature_index("keys")] = 5;
    features[feature_index("strokes")] = 0;
  }

  static bool is_of_keys(std::size_t i) { return model_features[i] % measure_count >= feature_index("keys"); }

  std::vector<std::string> reasons() const {
    std::vector<std::string> said;
    explain_by_measures(features, said);
    return said;
  }
};

}  // namespace

TEST_CASE("the ranges of people's measures are ranges") {
  REQUIRE(behaviour_model.usual.size() == behaviour_model.features.size());
  for (const UsualRange& usual : behaviour_model.usual) {
    CHECK(std::isfinite(usual.low));
    CHECK(std::isfinite(usual.high));
    CHECK(usual.low <= usual.high);
  }
}

TEST_CASE_FIXTURE(UsualKeys, "where no measure is unusual, it is all of them together") {
  CHECK(reasons() ==
        std::vector<std::string>{"the rhythm of keys is unlike a person's, all measures of it taken together"});
}

TEST_CASE_FIXTURE(UsualKeys, "no part is named of which there is nothing in the interval") {
  features[feature_index("keys")] = 0;
  CHECK(reasons() == std::vector<std::string>{"this input is unlike a person's, all measures of it taken together"});
}

TEST_CASE_FIXTURE(UsualKeys, "an unusual measure that speaks against a person is told, with what people have") {
  int told = 0;
  for (std::size_t i = 0; i < model_features.size(); ++i) {
    if (!is_of_keys(i)) continue;
    float& value = features[model_features[i]];
    const float usual = std::exchange(value, behaviour_model.usual[i].high + 1);
    const auto said = reasons();
    value = usual;
    REQUIRE(said.size() <= 2);
    if (said.size() < 2) continue;
    ++told;
    CAPTURE(said[1]);
    CHECK(said[1].ends_with(" (" + std::string(behaviour_model.features[i]) + ")"));
    CHECK(said[1].find("; people mostly have ") != said[1].npos);
    CHECK(said[1].size() <= max_reason_bytes);
  }
  CHECK(told > 5);
}

TEST_CASE_FIXTURE(UsualKeys, "of many unusual measures three are told, and none twice") {
  for (std::size_t i = 0; i < model_features.size(); ++i)
    if (is_of_keys(i)) features[model_features[i]] = behaviour_model.usual[i].high + 1;
  features[feature_index("keys")] = 5;
  const auto said = reasons();
  REQUIRE(said.size() == 4);
  const auto measure = [&](std::size_t n) { return said[n].substr(0, said[n].find(": ")); };
  CHECK(measure(1) != measure(2));
  CHECK(measure(1) != measure(3));
  CHECK(measure(2) != measure(3));
}
