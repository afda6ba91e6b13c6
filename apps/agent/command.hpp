#pragma once

#include "options.hpp"

#include <span>
#include <string_view>

namespace activitytrack::agent_app {

/// What a program tells its caller by ending. 75 is EX_TEMPFAIL of sysexits.h.
enum ExitCode : int { exit_done = 0, exit_failed = 1, exit_usage = 2, exit_other_instance = 75 };

/// One row of the table that drives dispatch and `--help`.
struct Command {
  std::string_view name;
  std::string_view arguments;  ///< as shown in its usage line
  std::string_view summary;    ///< for the list of commands
  std::string_view detail;     ///< for the command's own help; "" if the summary says it all
  std::size_t min_arguments = 0;
  std::size_t max_arguments = 0;
  std::span<const std::string_view> options = {};  ///< names of own_options() that it takes
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

/// One line on standard error: "activitytrack-agent: MESSAGE". A message of several lines gives several.
void complain(std::string_view message);

}  // namespace activitytrack::agent_app
