// The agent's program, but for how long the server's new settings are on trial: a second, where that has two minutes.
#include "commands.hpp"

namespace {

using namespace activitytrack::agent_app;

int run(const std::vector<std::string>& arguments) {
  auto options = parse_options(arguments);
  if (!options || options->command == nullptr) return exit_usage;
  options->least_trial = std::chrono::seconds(1);
  return options->command->run(*options);
}

}  // namespace

int main(int count, char** values) { return activitytrack::program::run_main(program_name, count, values, run); }
