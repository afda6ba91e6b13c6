#pragma once

#include "core/backoff.hpp"
#include "core/worker.hpp"
#include "net/http_client.hpp"
#include "remote_configuration.hpp"
#include "sender/http_outcome.hpp"

#include <activitytrack/config/settings.hpp>
#include <activitytrack/desktop/desktop.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace activitytrack::agent_app {

/// What an agent reports of its configuration to the server when it asks for the next one.
struct ConfigurationQuestion {
  Settings settings{};  ///< by which the server is reached: those in force
  std::string machine_id{};
  AgentConfiguration said{};
  SettingValues bounds{};  ///< own_bounds()
  bool is_fresh = false;   ///< the settings are wanted whatever version is in force: what bounds them has changed
  bool is_wanted =
      false;              ///< the server has said that it wants another version: it is not waited for; the poll sets it
  bool on_trial = false;  ///< the version is a candidate: the server is to be reached before `patience` is over
  std::chrono::seconds patience{0};
  std::chrono::seconds rest{0};  ///< before it is asked
  std::string notice{};          ///< to be shown to the person on their desktop first of all; "" for none
};

/// `GET /api/config?version=...&wait=...` and so on, as the question says; "" ahead of it.
std::string question_path(const ConfigurationQuestion& question, std::chrono::seconds wait);

/// How long an agent has the server wait before it answers that nothing is new.
struct PollWaits {
  std::chrono::seconds longest{300};
  std::chrono::seconds shortest{20};  ///< where something on the way cuts what takes longer
};

/// Asks the server for new settings on a thread of its own, which waits in the server's long poll most of the time.
class ConfigurationPoll {
 public:
  struct News {
    enum Kind {
      reached,   ///< the server answered at once: nothing is new
      given,     ///< new settings
      unreached  ///< the server was not reached with those on trial
    };
    Kind kind = reached;
    std::optional<std::int64_t> tried{};  ///< the version that the question had on trial, if it had one
    GivenSettings settings{};             ///< of `given`
    std::string reason{};                 ///< of `unreached`
  };

  /// `report` is called on the poll's thread, and must not wait; after that the poll rests until ask() is called.
  /// `notifier` may be null. `log` is borrowed.
  ConfigurationPoll(std::function<void(News)> report, std::unique_ptr<Notifier> notifier, Log& log,
                    PollWaits waits = {});
  ~ConfigurationPoll() { stop(); }

  /// What to ask from now on, in place of what was asked before. Nothing without a server.
  void ask(ConfigurationQuestion question);

  /// Why the person could not be shown a notice yet; "" if they were, or there was none.
  std::string notice_error() const;

  /// The server wants this version, as it says in its answer to events: if that is another than the agent has, and
  /// nothing is asked that has to be answered first, it is asked at once. Callable from any thread.
  void wanted(std::int64_t version);

  /// Ends the thread; nothing is reported any more.
  void stop();

 private:
  using Instant = std::chrono::steady_clock::time_point;

  bool step(Worker::Lock& lock);
  void tell();
  std::optional<News> exchange(const ConfigurationQuestion& question, HttpClient& client, Instant patience_ends);
  std::optional<News> understand(const HttpResponse& response, const ConfigurationQuestion& question,
                                 std::chrono::seconds took);

  const std::function<void(News)> report_;
  const std::unique_ptr<Notifier> notifier_;
  Log& log_;
  std::optional<ConfigurationQuestion> question_;  ///< none: rests
  std::shared_ptr<HttpClient> client_;             ///< of the question under way
  Instant asked_{};
  std::string notice_;  ///< to be shown; a later question does not take it back
  std::string notice_error_;
  std::int64_t named_ = -1;  ///< the version that the server last said it wants, for which it was asked
  Instant named_again_{};    ///< when it may be asked for the same once more

  // Of the thread only.
  std::string untold_;   ///< notices that the desktop did not take yet; they are tried again with each question
  ServerAccess server_;  ///< that client_ asks
  const PollWaits waits_;
  std::chrono::seconds wait_ = waits_.longest;
  bool is_unknown_ = false;  ///< to the server, what it is asked; the log says so
  std::chrono::milliseconds rest_{0};
  Backoff backoff_;
  Worker worker_;
};

}  // namespace activitytrack::agent_app
