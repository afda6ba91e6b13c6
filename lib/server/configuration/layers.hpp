#pragma once

#include "config/remote_settings.hpp"
#include "server/configuration/rollout.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What agents' settings are to be, in layers of which the later wins: an agent's own defaults, the server's defaults,
// the machine's groups in their order, the machine's own.

namespace activitytrack::server {

/// What is changed as a whole, and by itself.
struct Scope {
  enum class Kind {
    defaults,
    group,
    machine,
    order,  ///< of the groups
  };

  Kind kind = Kind::defaults;
  std::string name{};  ///< of a group, or a machine's id

  /// "defaults", "order", "group/NAME", "machine/ID": as it is stored, and shown.
  std::string text() const;
  static std::optional<Scope> parse(std::string_view text);

  friend bool operator==(const Scope&, const Scope&) = default;
};

/// What one scope says, and since which version.
struct Layer {
  std::int64_t version = 0;
  SettingValues values{};
  std::vector<std::string> groups{};  ///< those that a machine is in, sorted; or, of the order, all that were ordered

  /// As it is stored, without the version: {"settings":{...},"groups":[...]}.
  std::string text() const;
  static std::optional<Layer> parse(std::string_view text);
};

/// What a machine's agent is to do.
struct WantedSettings {
  std::int64_t version = 0;  ///< of the latest change that concerns the machine; 0: there was none
  SettingValues values{};
};

/// All layers, as of one version. A value: to be copied and changed, or shared and read.
class Layers {
 public:
  /// Nothing, as of a version and a change().
  explicit Layers(std::int64_t version = 0, std::int64_t change = 0) : version_(version), change_(change) {}

  /// Takes what a version made of a scope; nullopt: it was removed. Versions come in order.
  void take(std::int64_t version, const Scope& scope, std::optional<Layer> layer);

  /// Takes the rollouts of read_rollouts(). `before` is what was, and is, without the version that is under way; null
  /// if none is.
  void take_rollouts(std::vector<Rollout> rollouts, std::shared_ptr<const Layers> before);

  /// The latest that there was.
  std::int64_t version() const { return version_; }

  /// Raised by each version, and by each change of a rollout.
  std::int64_t change() const { return change_; }

  const Layer& defaults() const { return defaults_; }
  const std::map<std::string, Layer, std::less<>>& groups() const { return groups_; }
  const std::map<std::string, Layer, std::less<>>& machines() const { return machines_; }

  /// Of all groups: those that were ordered, then the others by name. A machine in several takes the last one's values.
  std::vector<std::string> order() const;

  /// What a scope says; an empty layer of version 0 if it never said anything.
  Layer of(const Scope& scope) const;

  /// The groups of a machine that there are, in their order.
  std::vector<std::string> groups_of(std::string_view machine_id) const;

  /// The rollout under way; null if none is.
  const Rollout* rollout() const;

  /// Whether one of the machine's layers is of that version: whether that version concerns it.
  bool concerned(std::string_view machine_id, std::int64_t version) const;

  /// The wave by which a machine, which has said this, is to be sent the version under way, while it has to wait for
  /// it; nullopt if it is sent all that there is.
  std::optional<std::size_t> waits_for_wave(std::string_view machine_id, const MachineConfigurationState& said) const;

  /// The machine's layers together; while it waits for its wave, as they were before. Of the versions that others made
  /// meanwhile see Rollout::without.
  WantedSettings wanted(std::string_view machine_id, const MachineConfigurationState& said = {}) const;

  /// The version of wanted(), without its values: cheap enough for each batch of events.
  std::int64_t wanted_version(std::string_view machine_id, const MachineConfigurationState& said = {}) const;

 private:
  /// Calls `take` with the version of each layer that concerns the machine.
  template <class Take>
  void each_version(std::string_view machine_id, Take take) const;

  std::int64_t version_, change_;
  std::vector<Rollout> rollouts_;
  std::shared_ptr<const Layers> before_;
  Layer defaults_, order_;
  std::map<std::string, Layer, std::less<>> groups_, machines_;
};

/// The JSON of a key; "" if it is not among the values.
std::string value_in(const SettingValues& values, std::string_view key);

/// Those of the values that a machine would refuse, by what it last said of itself, are taken out of `values`, so that
/// it takes the rest. `own_bounds` as the function of that name makes them. Returns their keys.
std::vector<std::string> leave_out(SettingValues& values, const SettingValues& own_bounds, bool may_loosen);

/// A group's name: 1 to 64 of A-Z a-z 0-9 . _ -, not beginning with a point.
Result<void> check_group_name(std::string_view name);

}  // namespace activitytrack::server
