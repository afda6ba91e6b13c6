#pragma once

#include <span>
#include <string>
#include <string_view>

namespace activitytrack::program {

/// Which of the known words `word` was meant to be, probably: one that few typing errors make of it. "" if none is
/// near.
std::string nearest(std::string_view word, std::span<const std::string> known);

/// " (did you mean X?)" with the nearest word, or the only one that begins with `word` or that it begins with; "" if
/// there is none. `dashes` stands before it.
std::string did_you_mean(std::string_view word, std::span<const std::string> known, std::string_view dashes = "");

}  // namespace activitytrack::program
