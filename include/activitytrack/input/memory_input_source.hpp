#pragma once

#include <activitytrack/core/memory_source.hpp>
#include <activitytrack/input/input_source.hpp>

namespace activitytrack {

/// An InputSource that a program fills by hand.
using MemoryInputSource = MemorySource<InputSource, InputSample>;

}  // namespace activitytrack
