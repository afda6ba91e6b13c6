#pragma once

#include "input/behaviour_model.hpp"

#include <array>

namespace activitytrack {

inline constexpr std::array<std::string_view, 1> behaviour_model_features{"evidence"};
inline constexpr std::array<BehaviourTree, 1> behaviour_model_trees{{
    {{0, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0}, 0x7f, {-9, -9, -9, -9, -9, -9, -9, -9}},
}};
inline constexpr std::array<CalibrationPoint, 1> behaviour_model_calibration{{{0, 1}}};

inline constexpr BehaviourModel behaviour_model{
    behaviour_model_features, behaviour_model_trees, 0, 0, 8, behaviour_model_calibration};

}  // namespace activitytrack
