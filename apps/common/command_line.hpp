#pragma once

#include "common/option.hpp"

#include <map>

namespace activitytrack::program {

/// A command line, taken apart; values are not checked yet.
struct CommandLine {
  std::vector<std::string> words;                                        ///< the command, and what it is about
  std::map<std::string, std::vector<std::string>, std::less<>> options;  ///< values by name; a switch has none

  /// Whether the option stands on the line.
  bool has(std::string_view name) const { return options.contains(name); }

  /// Of an option that is no setting: the line's value, else its environment variable's, else `otherwise`.
  std::string get(std::string_view name, std::string_view otherwise) const;

  /// Those of the options that are settings.
  SettingTexts settings(const SettingNames& names) const;

  /// The file of --config, else the first that exists of settings_file_candidates(stem); "" if none does.
  std::string settings_file(std::string_view stem) const;
};

/// Options and words may stand in any order; names are not guessed; -h is --help. The error tells a person
/// who mistyped what is wrong, and where help is.
Result<CommandLine> parse_command_line(std::string_view program, const std::vector<std::string>& arguments,
                                       std::span<const Option> options);

/// "WHAT; see HELPED --help", where HELPED is a program or a program and its command.
Error usage_error(std::string_view helped, std::string_view what);

}  // namespace activitytrack::program
