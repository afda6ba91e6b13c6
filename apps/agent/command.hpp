#pragma once

#include "common/program.hpp"
#include "options.hpp"

#include <span>
#include <string_view>

namespace activitytrack::agent_app {

using enum program::ExitCode;

constexpr std::string_view program_name = "activitytrack-agent";

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

}  // namespace activitytrack::agent_app
