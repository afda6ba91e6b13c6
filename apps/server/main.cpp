#include "commands.hpp"
#include "database_choice.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

namespace {

using namespace activitytrack;

/// Each connection is a file descriptor, and the usual soft limit is 1024.
void raise_file_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

int run(const std::vector<std::string>& arguments) {
  const auto options = server::read_options(arguments);
  if (!options) return server::complain(options.error(), server::exit_usage);
  if (!options->answer.empty()) return program::print(options->answer);
  program::warn_of_variables(server::this_program());
  if (options->command->run != server::run_server) {
    const auto chosen = server::check_database_choice(*options);
    if (!chosen) return server::complain(chosen.error(), program::exit_code_of(chosen.error()));
  }
  return options->command->run(*options);
}

}  // namespace

int main(int argc, char** argv) {
  ::umask(077);
  raise_file_limit();
  return program::run_main(server::program_name, argc, argv, run);
}
