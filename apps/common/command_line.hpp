#pragma once

#include "config/setting.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What is on a command line, and what may be.
namespace activitytrack::program {

/// An option, as the parser and --help need to know it.
struct Option {
  std::string name;               ///< without the dashes before it
  std::string value;              ///< what stands after it in help; "" for a switch
  std::string help;               ///< a sentence or two
  std::string group = "Options";  ///< the heading that it stands under
  bool repeatable = false;        ///< may be given again, for a list
};

/// A heading in help, and the beginnings of the keys of the settings below it, where a table does not name its
/// sections.
struct Group {
  std::string_view title;
  std::array<std::string_view, 7> prefixes;
};

/// The title of the first group with a prefix of the key; "More" for a key that has none.
std::string group_of(std::string_view key, std::span<const Group> groups);

/// What help calls a number in this unit: "SEC" for "s".
std::string number_name(std::string_view unit);

/// An option for each row of a table; its help names range and default too.
template <class S>
std::vector<Option> setting_options(std::span<const Setting<S>> table, std::span<const Group> groups) {
  static const S defaults;
  std::vector<Option> options;
  for (const Setting<S>& row : table) {
    Option option{option_name(row.key), std::string(row.unit.empty() ? "TEXT" : row.unit), std::string(row.help),
                  row.section.empty() ? group_of(row.key, groups) : std::string(row.section)};
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

/// --config, --help and --version.
std::vector<Option> standard_options();

/// All options of a program with settings.
template <class S>
std::vector<Option> program_options(std::span<const Setting<S>> table, std::span<const Group> groups = {}) {
  auto options = standard_options();
  std::ranges::move(setting_options(table, groups), std::back_inserter(options));
  return options;
}

/// A command line, taken apart; values are not checked yet.
struct CommandLine {
  std::vector<std::string> words;                                        ///< the command, and what it is about
  std::map<std::string, std::vector<std::string>, std::less<>> options;  ///< values by name; a switch has none

  /// Whether the option stands on the line.
  bool has(std::string_view name) const { return options.contains(name); }

  /// The value of an option that is no setting: the line's, else its environment variable's, else `otherwise`.
  std::string get(std::string_view name, std::string_view otherwise) const;

  /// The values of those options that are settings.
  SettingTexts settings(const SettingNames& names) const;

  /// The file of --config, else the first that exists of settings_file_candidates(stem); "" if none does.
  std::string settings_file(std::string_view stem) const;
};

/// Options and words may stand in any order; names are not guessed; -h is --help. The error says, for a person who
/// mistyped, what is wrong and where help is.
Result<CommandLine> parse_command_line(std::string_view program, const std::vector<std::string>& arguments,
                                       std::span<const Option> options);

/// "WHAT; see HELPED --help", where HELPED is a program or a program and its command.
Error usage_error(std::string_view helped, std::string_view what);

}  // namespace activitytrack::program
