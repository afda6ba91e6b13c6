#pragma once

#include <cstddef>
#include <string_view>

namespace activitytrack {

// What yaml-cpp 0.7 lets pass, and settings should not.

/// The number of the first line that is indented by a tab; 0 if there is none.
int tab_indented_line(std::string_view text);

/// Whether the value that begins at `at`, if it is in quotes, ends in the same line. An open quote runs to
/// the end of the file, over all settings in between.
bool quote_closed(std::string_view text, std::size_t at);

}  // namespace activitytrack
