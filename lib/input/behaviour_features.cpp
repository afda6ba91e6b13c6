#include "input/behaviour_features.hpp"

namespace activitytrack {

FeatureValues feature_values(const Sums& now, const Sums& carried) noexcept {
  FeatureValues values;
  for (std::size_t i = 0; i < measure_count; ++i) {
    values[i] = measure::all[i].of(now);
    values[measure_count + i] = measure::all[i].of(carried);
  }
  return values;
}

}  // namespace activitytrack
