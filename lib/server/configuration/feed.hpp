#pragma once

#include "core/worker.hpp"
#include "server/configuration/layers.hpp"
#include "server/configuration/machine_states.hpp"
#include "server/database/database.hpp"
#include "server/events/store.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace activitytrack::server {

/// What a machine is sent: what is wanted of it, less what it would refuse.
struct SentSettings {
  std::int64_t version = 0;
  SettingValues values{};
  std::vector<std::string> left_out{};  ///< keys
  std::int64_t rollout = 0;             ///< the version under way in waves of which this tells the machine; 0: of none
};
SentSettings settings_for(const Layers& layers, const std::string& machine_id,
                          const MachineConfigurationState& machine);

/// The configuration as it is, and agents that wait for theirs to change. One thread looks for versions that other
/// servers of the database made, each half second, and moves on what goes out in waves. Callable from any thread.
class ConfigurationFeed {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  struct Waiting {
    MachineConfigurationState machine{};
    std::int64_t checked = 0;  ///< Layers::change() by which nothing was new for it
    Instant until{};
    Instant due = Instant::max();  ///< when it is told what is new; the feed sets it
    std::uint64_t number = 0;      ///< of this wait; the feed sets it
    /// Called once: with what is new, or null if nothing is by then. Must not throw.
    std::function<void(const SentSettings*)> answer{};
  };

  /// Looks for the first time, then starts. All are borrowed. At most `most_waiting` agents wait.
  ConfigurationFeed(Database& database, StoreReader& reader, Clock& clock, Log& log, std::size_t most_waiting = 20'000);
  ~ConfigurationFeed() { stop(); }

  /// The layers, as of the last look; null before the first one worked.
  std::shared_ptr<const Layers> layers() const { return layers_; }

  /// Is told, on the feed's thread, of each change from now on: of versions, and of how far a rollout has come.
  /// layers() says what there is. It must not throw, and ends with the feed.
  using Listener = std::function<void(const Layers&)>;
  void listen(Listener listener);

  /// Looks now: a version was made.
  void look() {
    worker_.change([&] { look_now_ = true; });
  }

  /// From now on so many may wait; those who do already may stay.
  void set_most_waiting(std::size_t most) {
    worker_.change([&] {
      most_waiting_ = most;
      is_full_ = false;
    });
  }

  /// Lets an agent wait for which nothing is new. An earlier wait of the same machine ends, with null. Returns the
  /// wait's number; nullopt if too many wait.
  std::optional<std::uint64_t> wait(const std::string& machine_id, Waiting waiting);

  /// Ends a wait, with null, if it has not ended yet.
  void give_up(const std::string& machine_id, std::uint64_t number);

  std::size_t waiting() const;

  /// Answers all that wait, and ends the thread.
  void stop();

 private:
  bool step(Worker::Lock& lock);
  void read_news();
  void drive();
  using Waits = std::unordered_map<std::string, Waiting>;  ///< by machine

  void find_concerned(const Layers& layers, Instant now);
  std::vector<Waits::node_type> take_due(Instant now);

  Database& database_;
  StoreReader& reader_;
  Clock& clock_;
  Log& log_;
  std::size_t most_waiting_;
  std::atomic<std::shared_ptr<const Layers>> layers_;  ///< each batch of events asks for them: without the mutex
  Waits waiting_;
  std::vector<Listener> listeners_;
  std::uint64_t last_number_ = 0;
  bool look_now_ = false;
  bool is_full_ = false;  ///< more wanted to wait than may, and the log says so

  // Only the thread uses these.
  bool failing_ = false;
  Instant next_drive_{};
  Worker worker_;
};

/// Whether a machine has what the version would bring: it is in force there, or was refused.
bool is_known(const MachineConfigurationState& machine, std::int64_t version);

}  // namespace activitytrack::server
