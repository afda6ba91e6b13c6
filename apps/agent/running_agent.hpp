#pragma once

#include "configuration.hpp"
#include "configuration_poll.hpp"
#include "control.hpp"
#include "remote_configuration.hpp"

#include <activitytrack/agent/agent.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace activitytrack::agent_app {

/// The agent of this program: made of the parts for this machine, and its configuration, which may change while it
/// runs: by its file, and by its server. All calls from one thread.
class RunningAgent {
 public:
  /// Has the thread of the calls run something; callable from any.
  using Post = std::function<void(std::function<void()>)>;

  /// `options` and `log` are borrowed and outlive it.
  static Result<std::unique_ptr<RunningAgent>> start(const Options& options, Configuration configuration, Log& log);

  using Rows = std::vector<const Setting<Settings>*>;

  /// Begins to follow the server's configuration. `post` is called until stop_following().
  void follow_server(Post post);
  void stop_following() { poll_->stop(); }

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
  struct InForce {
    Rows changed, kept;  ///< kept: what changes only by a restart
  };
  Result<InForce> put_in_force(Settings next);
  Result<void> hand_over(const Settings& settings, bool elsewhere, bool screenshots_on);
  void hear(const ConfigurationPoll::News& news);
  void take(const GivenSettings& given);
  void take_back(const std::string& reason);
  void ask_server(ConfigurationQuestion question);
  RemoteStatus remote_status() const;
  AgentConfiguration say();

  const Options& options_;
  Configuration configuration_;  // the machine's own
  Settings settings_;            // in force: with the server's over them
  std::optional<RemoteConfiguration> remote_;
  OfferPace pace_;
  bool needs_restart_ = false;  // for some of it
  std::string refusal_;         // why what is in the file now is not in force
  std::string no_screenshots_;  // why none are taken though the settings ask for them
  Log& log_;
  Time started_{};
  std::shared_ptr<Buffer> buffer_;
  std::shared_ptr<ScreenshotBuffer> screenshots_;
  Post post_;                                // what the poll reports goes by it; set before the first question
  AgentConfiguration said_;                  // to the server, of its configuration
  std::unique_ptr<ConfigurationPoll> poll_;  // the agent's answers go to it
  std::unique_ptr<Agent> agent_;
};

}  // namespace activitytrack::agent_app
