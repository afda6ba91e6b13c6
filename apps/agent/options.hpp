#pragma once

#include <activitytrack/config/setting.hpp>

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::agent_app {

/// An option that is no setting. Its environment variable is ACTIVITYTRACK_<NAME>.
struct OwnOption {
  std::string_view name;
  std::string_view value;  ///< what stands after it in help; "" for a switch
  std::string_view help;
  bool everywhere = false;  ///< for every command; else for those that name it
};

std::span<const OwnOption> own_options();

/// A command line, taken apart and checked against the table of commands; values are not checked yet.
struct Options {
  std::string command = "run";
  bool command_given = false;
  std::vector<std::string> arguments;
  SettingTexts settings;                                ///< those given as options, by their keys
  std::map<std::string, std::string, std::less<>> own;  ///< the others, by name; a switch has "true"

  bool has(std::string_view name) const { return own.contains(name); }
  std::string get(std::string_view name, std::string_view otherwise) const;
};

/// The error is a line for a person who mistyped.
Result<Options> parse_options(const std::vector<std::string>& arguments);

/// Text of `--help`: of the whole program, or of one command.
std::string help_text();
std::string help_text_of(std::string_view command);

}  // namespace activitytrack::agent_app
