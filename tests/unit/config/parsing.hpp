#pragma once

#include "config/settings_table.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace activitytrack::test {

/// What a parser returned, with shorthands for a test.
struct Parsed {
  SettingTexts texts;
  SettingErrors errors;

  std::string value(std::string_view key) const {
    const auto text = texts.find(key);
    return text == texts.end() || text->second.values.size() != 1 ? "(none)" : text->second.values[0];
  }

  /// The first line that begins like `start`, as far as its place and the next words go; else all lines.
  std::string error_starting(std::string_view start) const {
    const auto line = std::ranges::find_if(errors.lines, [&](const auto& l) { return l.starts_with(start); });
    return line == errors.lines.end() ? errors.joined() : *line;
  }
};

}  // namespace activitytrack::test
