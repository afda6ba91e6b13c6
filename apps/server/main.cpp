#include "data_dir.hpp"
#include "options.hpp"
#include "server.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <iostream>

namespace {

using namespace activitytrack;

constexpr int exit_done = 0;
constexpr int exit_failed = 1;
constexpr int exit_usage = 2;
constexpr int exit_busy = 75;

int fail(int code, const Error& error) {
  std::cerr << "activitytrack-server: " << error.message << '\n';
  return code;
}

/// Each connection is a file descriptor, and the usual soft limit is 1024.
void raise_file_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

int run(int argc, char** argv, const server::ServerSettings& settings) {
  const auto log = make_stderr_log(*parse_log_level(settings.log_level),
                                   settings.log_format == "json" ? LogFormat::json : LogFormat::text);
  const auto data_dir = server::DataDir::open(settings.data_dir);
  if (!data_dir)
    return fail(data_dir.error().code == ErrorCode::busy ? exit_busy : exit_failed, data_dir.error());
  const std::string path = settings.database.substr(settings.database.find(':') + 1);
  auto store = server::open_sqlite_store(path);
  if (!store) return fail(exit_failed, store.error());
  const auto read_again = [&]() -> Result<server::ServerSettings> {
    auto options = server::read_options(argc, argv);
    if (!options) return options.error();
    return std::move(options->settings);
  };
  const auto served = server::serve(settings, read_again, std::move(*store), system_clock(), *log);
  return served ? exit_done : fail(exit_failed, served.error());
}

}  // namespace

int main(int argc, char** argv) {
  ::umask(077);
  std::signal(SIGPIPE, SIG_IGN);
  raise_file_limit();
  try {
    const auto options = server::read_options(argc, argv);
    if (!options) return fail(exit_usage, options.error());
    if (!options->print.empty()) {
      std::cout << options->print << std::flush;
      return std::cout ? exit_done : exit_failed;
    }
    return run(argc, argv, options->settings);
  } catch (const std::exception& e) {
    return fail(exit_failed, {ErrorCode::io, e.what()});
  }
}
