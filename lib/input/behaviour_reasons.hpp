#pragma once

#include "input/behaviour_features.hpp"
#include "input/device_track.hpp"

#include <string>
#include <vector>

namespace activitytrack {

/// Why what a device did looks like a program's, as Classifier::Judgement::reasons has it: by tests on features
/// that each have a word and a sentence. Appends nothing if none of them applies.
void explain(const DeviceTrack& track, const FeatureValues& features, std::vector<std::string>& reasons);

/// Why the trees call it a program's where no test of behaviour_reasons.hpp has a word for it: which part of
/// the input it is (pointer, clicks, wheel or keys), and which of its measures speak most against a person
/// and are outside of what people have, with their values. At most four sentences.
void explain_by_measures(const FeatureValues& features, std::vector<std::string>& reasons);

}  // namespace activitytrack
