#include "command.hpp"
#include "memory.hpp"

#include <csignal>
#include <cstdio>
#include <exception>

namespace {

using namespace activitytrack::agent_app;

int run(const std::vector<std::string>& arguments) {
  auto options = parse_options(arguments);
  if (!options) {
    complain(options.error().message);
    return exit_usage;
  }
  if (options->has("version")) return std::puts("activitytrack-agent " ACTIVITYTRACK_VERSION), exit_done;
  if (options->has("help")) {
    std::fputs((options->command_given ? help_text_of(options->command) : help_text()).c_str(), stdout);
    return exit_done;
  }
  return find_command(options->command)->run(*options);
}

}  // namespace

int main(int count, char** values) {
  keep_memory_small();
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run({values + 1, values + count});
  } catch (const std::exception& error) {
    complain(error.what());
    return exit_failed;
  }
}
