#pragma once

#include "input/behaviour_features.hpp"
#include "input/behaviour_model_parameters.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace activitytrack {

/// Where the model's features stand among all.
inline constexpr auto model_features = [] {
  std::array<std::uint8_t, behaviour_model_features.size()> indices{};
  for (std::size_t i = 0; i < indices.size(); ++i)
    indices[i] = static_cast<std::uint8_t>(feature_index(behaviour_model_features[i]));
  return indices;
}();
static_assert(feature_count <= 256);

using ModelInput = std::array<float, model_features.size()>;

/// What the model asks for, in its order.
inline ModelInput model_input(const FeatureValues& features) noexcept {
  ModelInput input;
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = features[model_features[i]];
  return input;
}

}  // namespace activitytrack
