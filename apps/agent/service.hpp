#pragma once

#include "control_server.hpp"
#include "running_agent.hpp"

#include "core/file_watch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <optional>

namespace activitytrack::agent_app {

/// The loop that a running agent lives in, on one thread: its own descriptor, signals, the files of its
/// configuration, and requests of `status` and the like.
class Service {
 public:
  /// All are borrowed and outlive it.
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

}  // namespace activitytrack::agent_app
