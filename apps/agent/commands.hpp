#pragma once

#include "common/command_line.hpp"
#include "common/program.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::agent_app {

using enum program::ExitCode;

constexpr std::string_view program_name = "activitytrack-agent";

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

/// One row of the table that drives dispatch and `--help`.
struct Command {
  std::string_view name;
  std::string_view arguments;  ///< as shown in its usage line
  std::string_view summary;    ///< for the list of commands
  std::string_view detail;     ///< for the command's own help; "" if the summary says it all
  std::size_t min_arguments = 0;
  std::size_t max_arguments = 0;
  std::span<const std::string_view> options = {};  ///< names of command_options() that it takes
  int (*run)(const Options&) = nullptr;
};

std::span<const Command> commands();
const Command* find_command(std::string_view name);

int run_agent(const Options& options);
int show_status(const Options& options);
int pause_agent(const Options& options);
int resume_agent(const Options& options);
int diagnose(const Options& options);
int replay_traces(const Options& options);
int enroll_machine(const Options& options);

inline int complain(std::string_view message, program::ExitCode code) {
  return program::complain(program_name, message, code);
}

/// The options that are no settings, and only for those commands that name them.
std::span<const program::Option> command_options();

/// Those of every command, settings too.
std::vector<program::Option> common_options();

/// Text of `--help`: of the whole program, or of one command.
std::string help_text();
std::string help_text_of(std::string_view command);

}  // namespace activitytrack::agent_app
