#pragma once

#include "input/behaviour_features.hpp"

#include <string>
#include <vector>

namespace activitytrack {

/// Why the trees call it a program's where no test of behaviour_reasons.hpp has a word for it: which part of
/// the input it is (pointer, clicks, wheel or keys), and which of its measures speak most against a person
/// and are outside of what people have, with their values. At most four sentences.
void explain_by_measures(const FeatureValues& features, std::vector<std::string>& reasons);

}  // namespace activitytrack
