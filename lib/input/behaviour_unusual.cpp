#include "input/behaviour_unusual.hpp"

#include "input/behaviour_model_input.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <limits>

namespace activitytrack {
namespace {

constexpr std::size_t most_measures = 3;

struct Part {
  std::string_view first;  ///< its measures begin there, and end where the next part's begin
  std::string_view what;
};
constexpr std::array parts{
    Part{"strokes", "the way the pointer moves"}, Part{"clicks", "the way buttons are clicked"},
    Part{"wheel_turns", "the way the wheel turns"}, Part{"keys", "the rhythm of keys"}};

/// Measures in the order of behaviour_features.hpp.
struct Range {
  std::size_t first, end;
  bool has(std::size_t model_feature) const noexcept {
    const std::size_t measure = model_features[model_feature] % measure_count;
    return measure >= first && measure < end;
  }
};

constexpr Range measures_of(std::size_t part) {
  return {feature_index(parts[part].first),
          part + 1 < parts.size() ? feature_index(parts[part + 1].first) : measure_count};
}

/// That without which the score would be lowest.
std::size_t least_human_part(const FeatureValues& features) {
  std::size_t found = 0;
  float lowest = std::numeric_limits<float>::infinity();
  for (std::size_t part = 0; part < parts.size(); ++part) {
    const Range range = measures_of(part);
    if (!(features[range.first] > 0)) continue;  // nothing of it in the interval
    ModelInput input = model_input(features);
    for (std::size_t i = 0; i < input.size(); ++i)
      if (range.has(i)) input[i] = not_known;
    const float without = raw_score(behaviour_model, input);
    if (without < lowest) lowest = without, found = part;
  }
  return found;
}

struct Unusual {
  std::size_t feature;  ///< index in BehaviourModel::features
  float weight;         ///< so much lower the score would be without it
};

/// Those of the part that are outside of what people have, the weightiest first.
std::vector<Unusual> unusual_measures(const ModelInput& input, const Range& part) {
  std::vector<Unusual> found;
  const float raw = raw_score(behaviour_model, input);
  for (std::size_t i = 0; i < input.size(); ++i) {
    const UsualRange& usual = behaviour_model.usual[i];
    if (!part.has(i) || !(input[i] < usual.low || input[i] > usual.high)) continue;
    ModelInput without = input;
    without[i] = not_known;
    const float weight = raw - raw_score(behaviour_model, without);
    if (weight > 0) found.push_back({i, weight});
  }
  std::ranges::stable_sort(found, std::ranges::greater{}, &Unusual::weight);
  return found;
}

std::string sentence(std::size_t feature, float value) {
  const UsualRange& usual = behaviour_model.usual[feature];
  char numbers[96];
  std::snprintf(numbers, sizeof(numbers), ": %.3g; people mostly have %.3g to %.3g (", double(value),
                double(usual.low), double(usual.high));
  return std::string(measure::all[model_features[feature] % measure_count].what) + numbers +
         std::string(behaviour_model.features[feature]) + ')';
}

}  // namespace

void explain_by_measures(const FeatureValues& features, std::vector<std::string>& reasons) {
  const std::size_t part = least_human_part(features);
  reasons.push_back(std::string(parts[part].what) +
                    " is unlike a person's, all measures of it taken together");
  const ModelInput input = model_input(features);
  std::vector<std::size_t> told;
  for (const Unusual& unusual : unusual_measures(input, measures_of(part))) {
    const std::size_t measure = model_features[unusual.feature] % measure_count;
    if (told.size() == most_measures || std::ranges::find(told, measure) != told.end()) continue;
    told.push_back(measure);
    reasons.push_back(sentence(unusual.feature, input[unusual.feature]));
  }
}

}  // namespace activitytrack
