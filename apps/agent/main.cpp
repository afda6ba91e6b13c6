#include "commands.hpp"
#include "process.hpp"

#include <csignal>

namespace {

using namespace activitytrack;
using namespace activitytrack::agent_app;

int run(const std::vector<std::string>& arguments) {
  auto options = parse_options(arguments);
  if (!options) return complain(options.error().message, exit_usage);
  if (options->has("version")) return program::print(program::version_text(program_name));
  if (options->has("help"))
    return program::print(options->command_given ? help_text_of(options->command) : help_text());
  return find_command(options->command)->run(*options);
}

}  // namespace

int main(int count, char** values) {
  keep_memory_small();
  std::signal(SIGPIPE, SIG_IGN);
  return program::run_main(program_name, count, values, run);
}
