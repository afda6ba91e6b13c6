#pragma once

#include "config/remote_settings.hpp"
#include "core/worker.hpp"
#include "server/database/database.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event.hpp>
#include <activitytrack/core/log.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace activitytrack::server {

/// What an agent last said of the configuration it was given.
struct MachineConfigurationState {
  using State = AgentConfiguration::State;

  Time asked_at{};  ///< to a minute; of one that never asked, when it first said something with its events
  std::int64_t applied_version = 0;
  bool may_loosen = false;
  SettingValues own_bounds{};  ///< see the function of that name
  State state = State::applied;
  std::int64_t error_version = 0;
  std::string error_key{}, error_reason{};
  std::int64_t change = 0;   ///< AgentConfiguration::change
  bool with_events = false;  ///< it was said with events, without own_bounds; not stored

  // By the server, and not the agent. note() passes them over.
  Time error_at{};                ///< when that error was first heard of
  std::int64_t told_version = 0;  ///< the version of the latest rollout (rollout.hpp) that it was sent; 0: of none
  Time told_at{};                 ///< when that was, first

  bool operator==(const MachineConfigurationState&) const = default;
};

/// The state of a machine of which the version `wanted` is wanted, as people are shown it: that word, or "pending".
/// nullopt: its agent never said anything.
std::string_view configuration_state(std::int64_t wanted,
                                     const std::optional<MachineConfigurationState>& said) noexcept;

/// Of all machines that ever said something, as it is written down.
Result<std::map<std::string, MachineConfigurationState>> read_machine_states(Database& database);

/// Of the machines that were told of a rollout: what reception_of() goes by, and nothing else.
using EachToldMachine = std::function<void(std::string_view machine_id, const MachineConfigurationState&)>;
Result<void> read_told_machines(Database& database, std::int64_t version, const EachToldMachine& each);

/// Removes what a machine's agent said.
Result<void> forget_machine_state(Database& database, const std::string& machine_id);

/// What agents said, of all machines. It is written down together, within a second, on a thread of its own: what was
/// said in the last second is lost if the server is killed, and said again with the agent's next request. Callable from
/// any thread.
class MachineStates {
 public:
  /// All are borrowed.
  MachineStates(Database& database, Log& log);

  /// Has `call` called with each machine whose agent says something new beside the time. Before any is noted; `call`
  /// must not wait.
  void on_news(std::function<void(const std::string& machine_id)> call) { news_ = std::move(call); }

  /// Notes what an agent says now. Cheap where nothing is new: the time counts as new each minute.
  void note(const std::string& machine_id, MachineConfigurationState state);

  /// Notes what it says with its events: unless that is older than what it said before, or the same. What it says when
  /// it asks counts in any case, so that a machine whose clock was set back is heard.
  void note_with_events(const std::string& machine_id, const AgentConfiguration& said, Time now);

  /// Notes that a machine of which something was noted is sent a version that goes out in waves.
  void note_told(const std::string& machine_id, std::int64_t version, Time at);

  /// What it last said, to any server of the database; nullopt if it never did.
  Result<std::optional<MachineConfigurationState>> find(const std::string& machine_id);

  /// Of all machines that ever said something.
  Result<std::map<std::string, MachineConfigurationState>> all();

  /// Writes what waits, then ends the thread; so does the destructor.
  void stop() { worker_.stop(); }

 private:
  struct Told {
    std::int64_t version;
    Time at;
    bool operator==(const Told&) const = default;
  };
  using Said = std::map<std::string, MachineConfigurationState>;
  using ToldMachines = std::map<std::string, Told>;

  bool step(Worker::Lock& lock);
  void keep(const std::string& machine_id, MachineConfigurationState state);
  Result<void> write(const Said& states, const ToldMachines& told);
  void add_waiting(const std::string& machine_id, std::optional<MachineConfigurationState>& state) const;

  Database& database_;
  Log& log_;
  std::function<void(const std::string&)> news_;
  Said noted_;            ///< the latest that were, to know what is new; bounded
  Said waiting_;          ///< to be written
  ToldMachines told_;     ///< the same
  bool failing_ = false;  ///< only the thread uses it
  Worker worker_;
};

}  // namespace activitytrack::server
