#pragma once

#include <activitytrack/config/setting.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::program {

/// An option, as the parser and --help need to know it.
struct Option {
  std::string name;               ///< without the dashes before it
  std::string value;              ///< what stands after it in help; "" for a switch
  std::string help;               ///< a sentence or two
  std::string group = "Options";  ///< the heading that it stands under
  bool repeatable = false;        ///< may be given again, for a list
};

/// --config, --help and --version.
std::vector<Option> standard_options();

/// A heading in help, and the beginnings of the keys of the settings below it.
struct Group {
  std::string_view title;
  std::array<std::string_view, 5> prefixes;
};

/// The title of the first group with a prefix of the key; "More" for a key that has none.
std::string group_of(std::string_view key, std::span<const Group> groups);

/// What help calls a number in this unit: "SEC" for "s".
std::string number_name(std::string_view unit);

/// An option for each row of a table; its help tells range and default too.
template <class S>
std::vector<Option> setting_options(std::span<const Setting<S>> table, std::span<const Group> groups) {
  static const S defaults;
  std::vector<Option> options;
  for (const Setting<S>& row : table) {
    Option option{option_name(row.key), std::string(row.unit.empty() ? "TEXT" : row.unit), std::string(row.help),
                  group_of(row.key, groups)};
    std::string value = setting_text(defaults, row);
    if (std::holds_alternative<bool S::*>(row.member)) option.value = "BOOL";
    if (std::holds_alternative<std::int64_t S::*>(row.member)) {
      option.value = number_name(row.unit);
      option.help += " From " + std::to_string(row.min) + " to " + std::to_string(row.max) + ".";
      if (!row.unit.empty()) value.append(" ").append(row.unit);
    }
    if (!value.empty()) option.help += " [" + value + "]";
    option.repeatable = std::holds_alternative<std::vector<std::string> S::*>(row.member);
    options.push_back(std::move(option));
  }
  return options;
}

}  // namespace activitytrack::program
