#pragma once

#include "server/configuration/feed.hpp"
#include "server/configuration/machine_states.hpp"
#include "server/database/database.hpp"
#include "server/events/store.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What people see of many machines at a glance, beside what each did.

namespace activitytrack::server {

/// How a machine stands with its configuration.
struct ConfigurationStanding {
  std::string_view state;  ///< configuration_state()
  std::int64_t version = 0, applied_version = 0;
  std::string error_key{};  ///< why it was refused or reverted; "" if it was not
  std::size_t left_out = 0;
  std::int64_t held_version = 0;  ///< goes out in waves, is held, and waits for this machine; 0: none does
  std::string held_reason{};      ///< why

  bool has_failed() const { return state == "refused" || state == "reverted"; }
};

struct FleetRow {
  Machine machine;
  Liveness state;
  std::optional<Time> since;  ///< of the state, where that is known
  std::string person{};       ///< of role self, to whom it is given; "": nobody
  std::vector<std::string> groups{};
  ConfigurationStanding configuration{};
};

/// What rows are made of. All are borrowed.
struct FleetSources {
  Database& database;
  MachineStates& machine_states;
  ConfigurationFeed& configuration;
};

/// The rows of machines, in their order.
Result<std::vector<FleetRow>> fleet_rows(const FleetSources& sources, std::vector<Machine> machines, Time now);

/// Since when the machine is in the state, if that is known.
std::optional<Time> state_since(const Machine& machine, Liveness state);

ConfigurationStanding configuration_standing(const Layers& layers, const std::string& machine_id,
                                             const std::optional<MachineConfigurationState>& said);

}  // namespace activitytrack::server
