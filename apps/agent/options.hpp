#pragma once

#include "common/command_line.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::agent_app {

/// The options that are no settings, and for those commands alone that name them.
std::span<const program::Option> command_options();

/// Those of every command, settings too.
std::vector<program::Option> common_options();

/// A command line that fits the table of commands; values are not checked yet.
struct Options {
  std::string command = "run";
  bool command_given = false;
  std::vector<std::string> arguments;
  SettingTexts settings;  ///< those given as options, by their keys
  program::CommandLine line;

  bool has(std::string_view name) const { return line.has(name); }
  std::string get(std::string_view name, std::string_view otherwise) const { return line.get(name, otherwise); }
};

/// The error is a line for a person who mistyped.
Result<Options> parse_options(const std::vector<std::string>& arguments);

/// Text of `--help`: of the whole program, or of one command.
std::string help_text();
std::string help_text_of(std::string_view command);

}  // namespace activitytrack::agent_app
