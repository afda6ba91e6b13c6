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

/// Which of all measures a feature of the model is, of the interval alone or carried.
std::size_t measure_of(std::size_t model_feature) noexcept { return model_features[model_feature] % measure_count; }

/// Measures that stand together in behaviour_features.hpp.
struct Part {
  std::size_t first, end;  ///< the first is how much of it there is
  std::string_view what;

  bool has(std::size_t model_feature) const noexcept {
    return measure_of(model_feature) >= first && measure_of(model_feature) < end;
  }
};
constexpr std::array parts{Part{feature_index("strokes"), feature_index("clicks"), "the way the pointer moves"},
                           Part{feature_index("clicks"), feature_index("wheel_turns"), "the way buttons are clicked"},
                           Part{feature_index("wheel_turns"), feature_index("keys"), "the way the wheel turns"},
                           Part{feature_index("keys"), measure_count, "the rhythm of keys"}};

/// That without which the score would be lowest, of those that there is some of in the interval.
const Part* least_human_part(const FeatureValues& features, const ModelInput& input) {
  const Part* found = nullptr;
  float lowest = std::numeric_limits<float>::infinity();
  for (const Part& part : parts) {
    if (!(features[part.first] > 0)) continue;
    ModelInput without = input;
    for (std::size_t i = 0; i < input.size(); ++i)
      if (part.has(i)) without[i] = not_known;
    const float raw = raw_score(behaviour_model, without);
    if (raw < lowest) lowest = raw, found = &part;
  }
  return found;
}

struct Unusual {
  std::size_t feature;  ///< index in BehaviourModel::features
  float weight;         ///< so much lower the score would be without it
};

/// Those of the part that are outside of what people have, the weightiest first.
std::vector<Unusual> unusual_measures(const ModelInput& input, const Part& part) {
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
  std::snprintf(numbers, sizeof(numbers), ": %.3g; people mostly have %.3g to %.3g (", double(value), double(usual.low),
                double(usual.high));
  return std::string(measure::all[measure_of(feature)].what) + numbers +
         std::string(behaviour_model.features[feature]) + ')';
}

}  // namespace

void explain_by_measures(const FeatureValues& features, std::vector<std::string>& reasons) {
  const ModelInput input = model_input(features);
  const Part* const part = least_human_part(features, input);
  reasons.push_back(std::string(part ? part->what : "this input") +
                    " is unlike a person's, all measures of it taken together");
  if (!part) return;
  std::vector<std::size_t> told;
  for (const Unusual& unusual : unusual_measures(input, *part)) {
    const std::size_t measure = measure_of(unusual.feature);
    if (told.size() == most_measures || std::ranges::find(told, measure) != told.end()) continue;
    told.push_back(measure);
    reasons.push_back(sentence(unusual.feature, input[unusual.feature]));
  }
}

}  // namespace activitytrack
