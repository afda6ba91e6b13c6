#include "commands.hpp"
#include "process.hpp"

namespace {

using namespace activitytrack;
using namespace activitytrack::agent_app;

int run(const std::vector<std::string>& arguments) {
  auto options = parse_options(arguments);
  if (!options) return complain(options.error(), exit_usage);
  if (!options->answer.empty()) return program::print(options->answer);
  program::warn_of_variables(this_program());
  return options->command->run(*options);
}

}  // namespace

int main(int count, char** values) {
  keep_memory_small();
  return program::run_main(program_name, count, values, run);
}
