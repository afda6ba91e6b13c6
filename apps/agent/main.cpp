#include "commands.hpp"
#include "process.hpp"

#include <csignal>

namespace {

using namespace activitytrack;
using namespace activitytrack::agent_app;

int run(const std::vector<std::string>& arguments) {
  auto options = parse_options(arguments);
  if (!options) return complain(options.error(), exit_usage);
  if (options->line.has("version")) return program::print(program::version_text(program_name));
  if (!options->line.has("help")) return options->command->run(*options);
  const bool of_one = !options->line.words.empty();
  return program::print(of_one ? help_text(this_program(), *options->command) : help_text(this_program()));
}

}  // namespace

int main(int count, char** values) {
  keep_memory_small();
  std::signal(SIGPIPE, SIG_IGN);
  return program::run_main(program_name, count, values, run);
}
