#pragma once

#include <string>
#include <string_view>

namespace activitytrack::report {

/// Columns that UTF-8 `text` takes in a terminal: 2 for a wide character (East Asian, emoji), 0 for one that
/// combines with its neighbour. Source: Unicode 15, East_Asian_Width and General_Category, in outline.
int display_width(std::string_view text);

/// `text` made fit for one line of a terminal: control characters (an escape sequence in a window's title!)
/// become spaces, those that change the direction of writing go, and where the terminal shows ASCII alone,
/// other characters become "?".
std::string printable(std::string_view text, bool utf8);

/// The head of `text` that fits `columns`; "…" or "..." ends it when something was cut off.
std::string fit(std::string_view text, int columns, bool utf8);

}  // namespace activitytrack::report
