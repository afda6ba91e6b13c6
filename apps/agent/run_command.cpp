#include "buffer/sqlite_store.hpp"
#include "commands.hpp"
#include "control_server.hpp"
#include "core/file.hpp"
#include "core/file_watch.hpp"
#include "process.hpp"
#include "running_agent.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <signal.h>
#include <unistd.h>

#include <optional>

namespace activitytrack::agent_app {

using boost::system::error_code;

namespace {

constexpr std::chrono::seconds flush_at_stop{5};

/// A change of a file comes in pieces: removed, made, written, written again. What it holds counts when it has been
/// quiet for this long.
constexpr std::chrono::milliseconds settle_time{200};

/// Memory is given back when there was something to do anyway, so that it costs no wake-up of its own.
constexpr std::chrono::seconds trim_pause{10};

/// The loop that a running agent lives in, on one thread: its own descriptor, signals, the files of its configuration,
/// and requests of `status` and the like.
class Service {
 public:
  Service(RunningAgent& running, const Options& options, const AgentFiles& files, Log& log);
  ~Service();

  /// Until SIGTERM or SIGINT.
  void run();

 private:
  void wait_for_agent();
  void trim_if_due();
  void wait_for_signal();
  void watch_configuration(const Options& options);
  void wait_for_change();
  void open_control(const AgentFiles& files);
  std::string answer(std::string_view request);

  RunningAgent& running_;
  Log& log_;
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_;
  boost::asio::posix::stream_descriptor agent_ready_;
  std::optional<FileWatch> watch_;
  boost::asio::posix::stream_descriptor watch_ready_;
  boost::asio::steady_timer settled_;
  std::unique_ptr<ControlServer> control_;
  std::chrono::steady_clock::time_point next_trim_{};
};

Service::Service(RunningAgent& running, const Options& options, const AgentFiles& files, Log& log)
    : running_(running),
      log_(log),
      signals_(io_, SIGTERM, SIGINT, SIGHUP),
      agent_ready_(io_, running.agent().fd()),
      watch_ready_(io_),
      settled_(io_) {
  wait_for_agent();
  wait_for_signal();
  watch_configuration(options);
  open_control(files);
}

Service::~Service() {
  // Both descriptors belong to others.
  agent_ready_.release();
  if (watch_ready_.is_open()) watch_ready_.release();
}

void Service::run() { io_.run(); }

void Service::wait_for_agent() {
  agent_ready_.async_wait(agent_ready_.wait_read, [this](error_code failure) {
    if (failure) return;
    running_.agent().dispatch();
    trim_if_due();
    wait_for_agent();
  });
}

void Service::trim_if_due() {
  auto now = std::chrono::steady_clock::now();
  if (now < next_trim_) return;
  next_trim_ = now + trim_pause;
  trim_memory();
}

void Service::wait_for_signal() {
  signals_.async_wait([this](error_code failure, int signal) {
    if (failure) return;
    if (signal != SIGHUP) {
      log_.info("stopping", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
      return io_.stop();
    }
    running_.reload();
    wait_for_signal();
  });
}

void Service::watch_configuration(const Options& options) {
  auto watch = FileWatch::open(configuration_files(options));
  if (!watch) {
    log_.warning("cannot watch the configuration; send SIGHUP after a change", {{"error", watch.error().message}});
    return;
  }
  watch_ = std::move(*watch);
  watch_ready_.assign(watch_->fd());
  wait_for_change();
}

void Service::wait_for_change() {
  watch_ready_.async_wait(watch_ready_.wait_read, [this](error_code failure) {
    if (failure) return;
    if (watch_->changed()) {
      settled_.expires_after(settle_time);
      settled_.async_wait([this](error_code superseded) {
        if (!superseded) running_.reload();
      });
    }
    wait_for_change();
  });
}

void Service::open_control(const AgentFiles& files) {
  Result<void> folder;
  if (files.socket.parent_path() != files.buffer.parent_path())
    folder = ensure_private_folder(files.socket.parent_path());
  auto control = folder ? ControlServer::open(
                              io_, files.socket, [this](std::string_view request) { return answer(request); }, log_)
                        : Result<std::unique_ptr<ControlServer>>(folder.error());
  if (control) {
    control_ = std::move(*control);
  } else {
    log_.warning("status, pause and resume will not reach this agent", {{"error", control.error().message}});
  }
}

std::string Service::answer(std::string_view line) {
  auto request = decode_request(line);
  if (!request) return encode_refusal(request.error().message);
  switch (request->command) {
    case ControlRequest::Command::status:
      return encode_status(running_.status());
    case ControlRequest::Command::pause:
      running_.agent().pause(request->duration);
      break;
    case ControlRequest::Command::resume:
      running_.agent().resume();
      break;
  }
  return encode_done();
}

/// Only settings can be at fault in that way here.
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
