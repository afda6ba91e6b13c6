#include "server/configuration/fleet.hpp"

namespace activitytrack::server {

const MachineConfigurationState& Fleet::said(const std::string& machine_id) const {
  static const MachineConfigurationState nothing;
  const auto found = states.find(machine_id);
  return found == states.end() ? nothing : found->second;
}

Result<Fleet> read_fleet(StoreReader& reader, std::map<std::string, MachineConfigurationState> states) {
  constexpr std::size_t page = 1'000;
  Fleet fleet{.states = std::move(states)};
  std::size_t found = page;
  while (found == page) {
    const auto machines = reader.machines(fleet.machines.empty() ? "" : fleet.machines.back().machine_id, page);
    if (!machines) return machines.error();
    for (const Machine& machine : *machines) fleet.machines.push_back({machine.machine_id, machine.last_seen});
    found = machines->size();
  }
  return fleet;
}

}  // namespace activitytrack::server
