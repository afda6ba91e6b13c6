#pragma once

#include "core/worker.hpp"
#include "server/configuration/layers.hpp"
#include "server/configuration/machine_states.hpp"
#include "server/database/database.hpp"

#include <activitytrack/core/log.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace activitytrack::server {

/// What a machine is sent: what is wanted of it, less what it would refuse.
struct SentSettings {
  std::int64_t version = 0;
  SettingValues values{};
  std::vector<std::string> left_out{};  ///< keys
};
SentSettings settings_for(const Layers& layers, const std::string& machine_id,
                          const MachineConfigurationState& machine);

/// The configuration as it is, and agents that wait for theirs to change. One thread looks for versions that other
/// servers of the database made, each half second. Callable from any thread.
class ConfigurationFeed {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  struct Waiting {
    std::string machine_id{};
    MachineConfigurationState machine{};
    std::int64_t checked = 0;  ///< the version of the layers by which nothing was new for it
    Instant until{};
    Instant due = Instant::max();  ///< when it is told what is new; the feed sets it
    /// Called once, on the feed's thread: with what is new, or null if nothing is by then. Must not throw.
    std::function<void(const SentSettings*)> answer{};
  };

  /// Both are borrowed. At most `most_waiting` agents wait.
  ConfigurationFeed(Database& database, Log& log, std::size_t most_waiting = 20'000);
  ~ConfigurationFeed() { stop(); }

  /// The layers, as of the last look; null before the first one worked.
  std::shared_ptr<const Layers> layers() const;

  /// Looks now: a version was made.
  void look() {
    worker_.change([&] { look_now_ = true; });
  }

  /// Lets an agent wait for which nothing is new. False if too many do.
  bool wait(Waiting waiting);

  std::size_t waiting() const;

  /// Answers all that wait, and ends the thread.
  void stop();

 private:
  bool step(Worker::Lock& lock);
  void read_news();
  void find_concerned(const Layers& layers, Instant now);
  std::vector<Waiting> take_due(Instant now);

  Database& database_;
  Log& log_;
  const std::size_t most_waiting_;
  std::shared_ptr<const Layers> layers_;
  std::vector<Waiting> waiting_;
  bool look_now_ = true;
  bool failing_ = false;  ///< only the thread uses it
  Worker worker_;
};

/// Whether a machine has what the version would bring: it is in force there, or was refused.
bool is_known(const MachineConfigurationState& machine, std::int64_t version);

}  // namespace activitytrack::server
