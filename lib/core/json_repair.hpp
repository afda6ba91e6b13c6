#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace activitytrack {

/// JSON as some programs write it, which strict parsers refuse whole: with NaN, an escape of half a character
/// ("\ud800") or a bare control character. The same text with these replaced by what costs only the value that holds
/// them, and nothing else changed: in a string the byte 0xFF, which is not UTF-8; else the number 1e999, above every
/// range. nullopt if there are none of these, or more than `most`.
std::optional<std::string> repair_json(std::string_view text, std::size_t most);

}  // namespace activitytrack
