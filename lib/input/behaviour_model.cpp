#include "input/behaviour_model.hpp"

#include <algorithm>
#include <cmath>

namespace activitytrack {
namespace {

float leaf_of(const BehaviourTree& tree, std::span<const float> features) noexcept {
  unsigned node = 0;
  while (node < 7) {
    const float value = features[tree.feature[node]];
    const bool left = std::isnan(value) ? (tree.missing_left >> node & 1) != 0 : value < tree.threshold[node];
    node = 2 * node + (left ? 1 : 2);
  }
  return tree.leaf[node - 7];
}

/// As the evidence has it, in which a key is a quarter of anything else.
float share_of_keys(const BehaviourCaution& of, std::span<const float> features) noexcept {
  const float keys = std::expm1(features[of.keys]) / 4;
  const float all =
      keys + std::expm1(features[of.strokes]) + std::expm1(features[of.clicks]) + std::expm1(features[of.wheel_turns]);
  return all > 0 ? keys / all : 0;
}

}  // namespace

float raw_score(const BehaviourModel& model, std::span<const float> features) noexcept {
  float raw = 0;
  if (model.caution.raw > 0) raw -= model.caution.raw * share_of_keys(model.caution, features);
  for (const BehaviourTree& tree : model.trees) raw += leaf_of(tree, features);
  return beyond_limits(model, features) ? std::max(raw, model.beyond) : raw;
}

bool beyond_limits(const BehaviourModel& model, std::span<const float> features) noexcept {
  return std::ranges::any_of(model.limits, [&](const BehaviourLimit& limit) {
    const auto beyond = [&](float value) { return limit.below ? value < limit.bound : value > limit.bound; };
    return beyond(features[limit.measure]) && features[limit.amount] >= limit.least && beyond(features[limit.present]);
  });
}

float genuine_probability(const BehaviourModel& model, float raw) noexcept {
  const auto above = std::ranges::lower_bound(model.calibration, raw, {}, &CalibrationPoint::raw);
  if (above == model.calibration.begin()) return above->genuine;
  const auto below = above - 1;
  if (above == model.calibration.end()) return below->genuine;
  return std::lerp(below->genuine, above->genuine, (raw - below->raw) / (above->raw - below->raw));
}

}  // namespace activitytrack
