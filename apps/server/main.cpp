#include "common/program.hpp"
#include "data_dir.hpp"
#include "options.hpp"
#include "server.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

namespace {

using namespace activitytrack;

using enum program::ExitCode;

int complain(const Error& error, program::ExitCode code) {
  return program::complain(server::program_name, error.message, code);
}

/// Each connection is a file descriptor, and the usual soft limit is 1024.
void raise_file_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

/// `arguments` are read again at each SIGHUP.
int serve(const std::vector<std::string>& arguments, const server::ServerSettings& settings) {
  const auto log = program::make_log(settings.log_level, settings.log_format);
  const auto data_dir = server::DataDir::open(settings.data_dir);
  if (!data_dir)
    return complain(data_dir.error(),
                    data_dir.error().code == ErrorCode::busy ? exit_other_instance : exit_failed);
  auto store = server::open_store(settings.database);
  if (!store) return complain(store.error(), exit_failed);
  const auto read_again = [&]() -> Result<server::ServerSettings> {
    auto options = server::read_options(arguments);
    if (!options) return options.error();
    return std::move(options->settings);
  };
  const auto served = server::serve(settings, read_again, std::move(*store), system_clock(), *log);
  if (served) return exit_done;
  return complain(served.error(), served.error().code == ErrorCode::invalid_input ? exit_usage : exit_failed);
}

int run(const std::vector<std::string>& arguments) {
  const auto options = server::read_options(arguments);
  if (!options) return complain(options.error(), exit_usage);
  if (!options->print.empty()) return program::print(options->print);
  return serve(arguments, options->settings);
}

}  // namespace

int main(int argc, char** argv) {
  ::umask(077);
  std::signal(SIGPIPE, SIG_IGN);
  raise_file_limit();
  return program::run_main(server::program_name, argc, argv, run);
}
