#pragma once

#include "configuration.hpp"
#include "control.hpp"

#include <activitytrack/agent/agent.hpp>

#include <memory>

namespace activitytrack::agent_app {

/// The agent of this program: made of the parts for this machine, and its configuration, which may change while it
/// runs. All calls from one thread.
class RunningAgent {
 public:
  /// `options` and `log` are borrowed and outlive it.
  static Result<std::unique_ptr<RunningAgent>> start(const Options& options, Configuration configuration, Log& log);

  Agent& agent() { return *agent_; }

  /// Reads the configuration anew and puts it in force. One that has a fault is refused whole and logged, and the one
  /// in force stays.
  void reload();

  RunningStatus status();

 private:
  RunningAgent(const Options& options, Configuration configuration, Log& log)
      : options_(options), configuration_(std::move(configuration)), log_(log) {}
  struct Senders {
    std::shared_ptr<Sender> events;
    std::shared_ptr<ScreenshotSender> screenshots;
  };

  Result<void> open();
  AgentOptions all_options(const Settings& settings);
  Result<Senders> open_senders(const Settings& settings, bool screenshots_on);
  Result<void> apply(Configuration next);

  const Options& options_;
  Configuration configuration_;
  std::string refusal_;         // why what is in the file now is not in force
  std::string no_screenshots_;  // why none are taken though the settings ask for them
  Log& log_;
  Time started_{};
  std::shared_ptr<Buffer> buffer_;
  std::shared_ptr<ScreenshotBuffer> screenshots_;
  std::unique_ptr<Agent> agent_;
};

}  // namespace activitytrack::agent_app
