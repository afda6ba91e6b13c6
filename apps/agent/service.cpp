#include "service.hpp"

#include "memory.hpp"
#include "private_folder.hpp"

#include <csignal>

namespace activitytrack::agent_app {

using boost::system::error_code;

namespace {

/// A change of a file comes in pieces: removed, made, written, written again. What it holds counts when it
/// has been quiet for this long.
constexpr std::chrono::milliseconds settle_time{200};

/// Memory is given back when there was something to do anyway, so that it costs no wake-up of its own.
constexpr std::chrono::seconds trim_pause{10};

}  // namespace

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

}  // namespace activitytrack::agent_app
