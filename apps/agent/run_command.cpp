#include "command.hpp"
#include "lock_file.hpp"
#include "memory.hpp"
#include "service.hpp"

#include "buffer/sqlite_store.hpp"

#include <signal.h>
#include <unistd.h>

#include <optional>

namespace activitytrack::agent_app {

namespace {

constexpr std::chrono::seconds flush_at_stop{5};

/// Settings alone can be at fault in that way here.
program::ExitCode exit_code_of(const Error& error) {
  return error.code == ErrorCode::invalid_input ? exit_usage : exit_failed;
}

/// A signal that comes while the agent starts waits until it can be answered.
class HeldSignals {
 public:
  HeldSignals() {
    sigset_t held;
    sigemptyset(&held);
    for (int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&held, signal);
    ::pthread_sigmask(SIG_BLOCK, &held, &before_);
  }
  ~HeldSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

 private:
  sigset_t before_;
};

void log_start(const Configuration& configuration, Log& log) {
  log.info("starting", {{"version", ACTIVITYTRACK_VERSION},
                        {"pid", ::getpid()},
                        {"configuration", configuration.file.empty() ? "none" : configuration.file},
                        {"buffer", configuration.settings.buffer_path},
                        {"server", configuration.settings.server_url.empty() ? "none" : "set"},
                        {"screenshots", configuration.settings.screenshots ? "on" : "off"}});
}

}  // namespace

int run_agent(const Options& options) {
  auto held = std::make_optional<HeldSignals>();
  auto configuration = load_configuration(options);
  if (!configuration) return complain(configuration.error().message, exit_usage);
  const auto& settings = configuration->settings;
  auto files = agent_files(settings);
  auto log = program::make_log(settings.log_level, settings.log_format);

  if (auto prepared = prepare_buffer_file(files.buffer); !prepared)
    return complain(prepared.error().message, exit_failed);
  auto lock = LockFile::take(files.lock, system_clock().now());
  if (!lock)
    return complain(lock.error().message, lock.error().code == ErrorCode::busy ? exit_other_instance : exit_failed);

  log_start(*configuration, *log);
  auto running = RunningAgent::start(options, std::move(*configuration), *log);
  if (!running) return complain(running.error().message, exit_code_of(running.error()));
  {
    Service service(**running, options, files, *log);
    held.reset();
    trim_memory();
    service.run();
  }
  (*running)->agent().stop(flush_at_stop);
  log->info("stopped");
  return exit_done;
}

}  // namespace activitytrack::agent_app
