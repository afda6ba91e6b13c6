#include "agent_parts.hpp"
#include "buffer/sqlite_store.hpp"
#include "commands.hpp"
#include "control_server.hpp"
#include "core/file.hpp"
#include "core/file_watch.hpp"
#include "process.hpp"
#include "running_agent.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
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
  Service(RunningAgent& running, const Options& options, const AgentFiles& files, Log& log)
      : running_(running), log_(log), agent_ready_(io_, running.agent().fd()) {
    wait_for_agent();
    running_.follow_server([this](std::function<void()> work) { boost::asio::post(io_, std::move(work)); });
    wait_for_signal();
    watch_configuration(options);
    if (auto control = open_control(files)) {
      control_ = std::move(*control);
    } else {
      log_.warning("status, pause and resume will not reach this agent", {{"error", control.error().message}});
    }
  }

  ~Service() {
    running_.stop_following();  // it posts into io_
    // Both descriptors belong to others.
    agent_ready_.release();
    if (watch_ready_.is_open()) watch_ready_.release();
  }

  /// Until SIGTERM or SIGINT.
  void run() { io_.run(); }

 private:
  void wait_for_agent() {
    agent_ready_.async_wait(agent_ready_.wait_read, [this](error_code failure) {
      if (failure) return;
      running_.agent().dispatch();
      trim_if_due();
      wait_for_agent();
    });
  }

  void trim_if_due() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_trim_) return;
    next_trim_ = now + trim_pause;
    trim_memory();
  }

  void wait_for_signal() {
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

  void watch_configuration(const Options& options) {
    auto watch = FileWatch::open(configuration_files(options));
    if (!watch) {
      log_.warning("cannot watch the configuration; send SIGHUP after a change", {{"error", watch.error().message}});
      return;
    }
    watch_ = std::move(*watch);
    watch_ready_.assign(watch_->fd());
    wait_for_change();
  }

  void wait_for_change() {
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

  Result<std::unique_ptr<ControlServer>> open_control(const AgentFiles& files) {
    const auto folder = files.socket.parent_path();
    if (folder != files.buffer.parent_path())
      if (auto made = ensure_private_folder(folder); !made) return made.error();
    return ControlServer::open(
        io_, files.socket, [this](std::string_view request) { return answer(request); }, log_);
  }

  std::string answer(std::string_view line) {
    const auto request = decode_request(line);
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

  RunningAgent& running_;
  Log& log_;
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_{io_, SIGTERM, SIGINT, SIGHUP};
  boost::asio::posix::stream_descriptor agent_ready_;
  std::optional<FileWatch> watch_;
  boost::asio::posix::stream_descriptor watch_ready_{io_};
  boost::asio::steady_timer settled_{io_};
  std::unique_ptr<ControlServer> control_;
  std::chrono::steady_clock::time_point next_trim_{};
};

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
  if (auto exposure = secret_exposure(configuration); !exposure.empty()) log.warning(exposure);
  if (has_display() && is_wayland_session()) log.warning(counted_on_wayland);
}

}  // namespace

int run_agent(const Options& options) {
  auto held = std::make_optional<HeldSignals>();
  auto configuration = load_configuration(options);
  if (!configuration) return complain(configuration.error(), exit_usage);
  const auto& settings = configuration->settings;
  auto files = agent_files(settings);
  auto log = program::make_log(settings.log_level, settings.log_format);

  if (auto prepared = prepare_buffer_file(files.buffer); !prepared) return complain(prepared.error());
  auto lock = lock_buffer(files.lock, system_clock().now());
  if (!lock) return complain(lock.error(), lock.error().code == ErrorCode::busy ? exit_other_instance : exit_failed);

  log_start(*configuration, *log);
  auto running = RunningAgent::start(options, std::move(*configuration), *log);
  // Only settings can be invalid here.
  if (!running) return complain(running.error(), program::exit_code_of(running.error()));
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
