#pragma once

#include "server/configuration/machine_states.hpp"
#include "server/events/store.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace activitytrack::server {

/// The machines that there are, and what their agents said of the configuration.
struct Fleet {
  struct Machine {
    std::string machine_id{};
    Time last_seen{};  ///< by what it sent
  };
  std::vector<Machine> machines{};  ///< in order of their ids
  std::map<std::string, MachineConfigurationState> states{};

  /// What a machine said; an empty state if it never did.
  const MachineConfigurationState& said(const std::string& machine_id) const;
};

/// A machine that has not been heard of for longer counts as switched off. Agents ask for their configuration each five
/// minutes at least.
inline constexpr std::chrono::minutes counts_as_there{10};

/// All machines of the store, with what they said.
Result<Fleet> read_fleet(StoreReader& reader, std::map<std::string, MachineConfigurationState> states);

}  // namespace activitytrack::server
