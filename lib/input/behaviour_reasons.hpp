#pragma once

#include "input/behaviour_features.hpp"
#include "input/device_track.hpp"

#include <string>
#include <vector>

namespace activitytrack {

/// Why what a device did looks like a program's, as IntervalJudgement::reasons has it: by tests on features
/// that each say a word and a sentence. Appends nothing if none of them speaks.
void explain(const DeviceTrack& track, const FeatureValues& features, std::vector<std::string>& reasons);

}  // namespace activitytrack
