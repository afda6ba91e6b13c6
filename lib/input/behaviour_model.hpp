#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace activitytrack {

/// A regression tree of depth 3, complete: node n has the children 2n+1 and 2n+2, and children 7 to 14 are
/// the leaves 0 to 7. At a node the value of its feature goes left if it is less than the threshold, else
/// right; a value that is not known (NaN) goes left if the node's bit in `missing_left` is set. Where a
/// branch ends earlier, its nodes go on with any feature, and their leaves are alike.
struct BehaviourTree {
  std::uint8_t feature[7];    ///< index in BehaviourModel::features
  float threshold[7];         ///< finite
  std::uint8_t missing_left;  ///< bit n for node n
  float leaf[8];
};

/// What no person does for long: it is passed if the measure is beyond `bound`, there is at least `least` of
/// what was measured, and the interval by itself says so too.
struct BehaviourLimit {
  std::uint8_t measure;  ///< index in BehaviourModel::features
  std::uint8_t present;  ///< of the same of the interval by itself
  std::uint8_t amount;
  bool below;  ///< beyond is less than `bound`, else more
  float bound;
  float least;
};

/// Typing convicts less easily than movement, for few typists are known and people differ: so much is taken
/// off the trees' score where all there is to judge is keys, a share of it where some is.
struct BehaviourCaution {
  std::uint8_t keys;  ///< index in BehaviourModel::features: amounts with what is carried over, logarithms
  std::uint8_t strokes, clicks, wheel_turns;
  float raw;
};

/// Between these lie 95 of 100 of people's intervals.
struct UsualRange {
  float low, high;
};

struct CalibrationPoint {
  float raw;
  float genuine;  ///< the share of people's intervals among those of this raw score
};

/// What the trees were trained to: parameters in lib/input/behaviour_model_parameters.hpp, which the training
/// writes and which gives one `inline constexpr BehaviourModel behaviour_model`.
struct BehaviourModel {
  /// Features of behaviour_features.hpp by name ("jerk_mean", "carried_jerk_mean"), in an order of the
  /// model's own. A name that is not there does not compile.
  std::span<const std::string_view> features;
  std::span<const UsualRange> usual;  ///< of each feature
  std::span<const BehaviourTree> trees;
  BehaviourCaution caution;
  std::span<const BehaviourLimit> limits;
  float beyond;                                   ///< least raw score of what is beyond a limit
  float threshold;                                ///< scripted if raw >= threshold
  float least_evidence;                           ///< of "carried_evidence", for the trees; limits have their own
  std::span<const CalibrationPoint> calibration;  ///< raw rising, genuine not rising; linear between, flat beyond
};

/// The raw score of an interval by its features, in the order of `model.features`: the sum of the trees'
/// leaves less the caution, and at least `beyond` if a limit is passed. The greater, the more like a
/// program's.
float raw_score(const BehaviourModel& model, std::span<const float> features) noexcept;

/// Whether a limit is passed.
bool beyond_limits(const BehaviourModel& model, std::span<const float> features) noexcept;

/// How likely an interval of this raw score is a person's.
float genuine_probability(const BehaviourModel& model, float raw) noexcept;

}  // namespace activitytrack
