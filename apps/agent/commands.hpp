#pragma once

#include "common/commands.hpp"
#include "common/program.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::agent_app {

using enum program::ExitCode;

constexpr std::string_view program_name = "activitytrack-agent";

struct Options;
using Command = program::Command<Options>;

/// A command line that fits the table of commands; values are not checked yet.
struct Options {
  std::string answer;                  ///< to --help or --version: a text to print, and nothing else to do
  const Command* command = nullptr;    ///< of commands()
  std::vector<std::string> arguments;  ///< the words after it
  SettingTexts settings;               ///< those given as options, by their keys
  program::CommandLine line;

  /// For how long at least the server's new settings are on trial; docs/configuration.md. Tests have less.
  std::chrono::seconds least_trial = std::chrono::minutes(2);
};

/// The error is a line for a person who mistyped.
Result<Options> parse_options(const std::vector<std::string>& arguments);

std::span<const Command> commands();

/// With commands() and the settings: what the command line is read and help is made from.
program::Program this_program();

int run_agent(const Options& options);
int show_status(const Options& options);
int pause_agent(const Options& options);
int resume_agent(const Options& options);
int diagnose(const Options& options);
int replay_traces(const Options& options);
int enroll_machine(const Options& options);

inline int complain(const Error& error, program::ExitCode code = exit_failed) {
  return program::complain(program_name, error.message, code);
}

}  // namespace activitytrack::agent_app
