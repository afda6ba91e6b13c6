#pragma once

#include "server/configuration/rollout_steps.hpp"
#include "server/configuration/versions.hpp"

#include <activitytrack/core/clock.hpp>

#include <optional>
#include <string>
#include <vector>

// How people change the configuration: what they want is checked whole, shown before it is saved if they ask, and made
// one version.

namespace activitytrack::server {

/// What a scope is to say. What is not given stays as it is.
struct WantedLayer {
  Scope scope{};
  std::optional<SettingValues> settings{};           ///< not normal yet; `null` as if the key were not there
  std::optional<std::vector<std::string>> groups{};  ///< of a machine, or of the order
  bool remove = false;                               ///< of a group
  std::optional<std::int64_t> if_version{};          ///< only if the scope is still of this version
};

struct FieldError {
  std::string field{};  ///< "settings.screenshots.interval_min"
  std::string reason{};
};

/// What a change does to one setting.
struct KeyEffect {
  std::string key{};
  std::string from{}, to{};  ///< in the scope itself; "" where it says nothing
  std::size_t machines = 0;  ///< that the scope reaches
  std::size_t wanted = 0;    ///< where it has the last word: what is wanted changes
  std::size_t changes = 0;   ///< where what is in force changes
  std::size_t left_out = 0;  ///< of `wanted`, where it is not sent, because the machine would refuse it
  std::size_t loosened = 0;  ///< of `wanted`, where it is looser than the machine's own value, which the machine allows
};

/// Machines of which a trial tells: how many, and the first few.
struct ConcernedMachines {
  static constexpr std::size_t most_named = 20;
  std::size_t count = 0;
  std::vector<std::string> named{};

  void add(const std::string& machine_id) {
    if (++count <= most_named) named.push_back(machine_id);
  }
};

struct EditOutcome {
  std::vector<FieldError> errors{};  ///< if any, nothing was changed
  std::optional<Layer> current{};    ///< the scope is of another version than `if_version`: this; nothing was changed
  std::int64_t version = 0;          ///< the new one; the present one if there was nothing to change

  // Of a trial:
  std::vector<KeyEffect> effects{};
  ConcernedMachines changed{}, left_out{}, loosened{};  ///< where any effect has such
  std::array<std::size_t, Rollout::waves> waves{};      ///< the machines of each
};

/// Changes the configuration by one version; in waves, if they are given, else on all machines at once. `not_found` for
/// a group that is to be removed and is not there; `conflict` as need_free() says. Within a transaction.
Result<EditOutcome> edit(Database& database, const WantedLayer& wanted, const VersionInfo& info,
                         const std::optional<InWaves>& waves = {});

/// What edit() would do, as of `waves.fleet`.
struct Trial {
  InWaves waves{};
  bool in_waves = false;
  Time now{};
};
Result<EditOutcome> try_edit(Database& database, const WantedLayer& wanted, const Trial& trial);

/// Takes all scopes back to info.rolled_back_to, by a new version, in the same ways. Within a transaction.
Result<EditOutcome> roll_back(Database& database, const VersionInfo& info, const std::optional<InWaves>& waves = {});
Result<EditOutcome> try_roll_back(Database& database, std::int64_t version, const Trial& trial);

}  // namespace activitytrack::server
