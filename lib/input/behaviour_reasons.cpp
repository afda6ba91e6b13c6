#include "input/behaviour_reasons.hpp"

namespace activitytrack {

void explain(const DeviceTrack&, const FeatureValues&, std::vector<std::string>&) {}

}  // namespace activitytrack
