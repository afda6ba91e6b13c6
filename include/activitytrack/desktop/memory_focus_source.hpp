#pragma once

#include <activitytrack/core/memory_source.hpp>
#include <activitytrack/desktop/focus_source.hpp>

namespace activitytrack {

/// A FocusSource that a program fills by hand: the first push is the window that has the focus, each
/// further one is a change. The one who pushes keeps what FocusSample says of its texts.
using MemoryFocusSource = MemorySource<FocusSource, FocusSample>;

}  // namespace activitytrack
