#include "server/fleet/fleet_rows.hpp"

#include "server/accounts/users.hpp"
#include "server/configuration/versions.hpp"

#include <map>
#include <memory>
#include <utility>

namespace activitytrack::server {
namespace {

using SaidStates = std::map<std::string, MachineConfigurationState>;

/// What the machines' agents said of their configuration; of one machine without a look at all others.
Result<SaidStates> said_states(MachineStates& states, const std::vector<Machine>& machines) {
  if (machines.size() != 1) return states.all();
  const std::string& machine_id = machines.front().machine_id;
  auto said = states.find(machine_id);
  if (!said) return said.error();
  return *said ? SaidStates{{machine_id, std::move(**said)}} : SaidStates{};
}

/// As of the feed's last look.
Result<std::shared_ptr<const Layers>> layers_now(const FleetSources& sources) {
  if (auto layers = sources.configuration.layers()) return layers;
  auto read = read_layers(sources.database);
  if (!read) return read.error();
  return std::make_shared<const Layers>(std::move(*read));
}

}  // namespace

std::optional<Time> state_since(const Machine& machine, Liveness state) {
  if (state == Liveness::offline) return machine.last_seen;
  const bool is_told = state == Liveness::paused || state == Liveness::asleep || state == Liveness::stopped ||
                       state == Liveness::capture_failing;
  return is_told && machine.agent && machine.agent->state ? std::optional(machine.agent->since) : std::nullopt;
}

ConfigurationStanding configuration_standing(const Layers& layers, const std::string& machine_id,
                                             const std::optional<MachineConfigurationState>& said) {
  const MachineConfigurationState known = said.value_or(MachineConfigurationState{});
  const SentSettings sent = settings_for(layers, machine_id, known);
  ConfigurationStanding standing{.state = configuration_state(sent.version, said),
                                 .version = sent.version,
                                 .applied_version = said ? said->applied_version : 0,
                                 .left_out = sent.left_out.size()};
  if (said && standing.has_failed()) standing.error_key = said->error_key;
  const Rollout* rollout = layers.rollout();
  if (rollout && rollout->state == Rollout::State::held && layers.waits_for_wave(machine_id, known)) {
    standing.held_version = rollout->version;
    standing.held_reason = rollout->reason;
  }
  return standing;
}

Result<std::vector<FleetRow>> fleet_rows(const FleetSources& sources, std::vector<Machine> machines, Time now) {
  auto said = said_states(sources.machine_states, machines);
  if (!said) return said.error();
  const auto layers = layers_now(sources);
  if (!layers) return layers.error();
  auto owners = list_owners(sources.database, machines.size() == 1 ? machines.front().machine_id : "");
  if (!owners) return owners.error();
  std::vector<FleetRow> rows;
  rows.reserve(machines.size());
  for (Machine& machine : machines) {
    const Liveness state = liveness(machine, now);
    FleetRow row{.machine = std::move(machine), .state = state, .since = std::nullopt};
    const std::string& id = row.machine.machine_id;
    row.since = state_since(row.machine, state);
    if (const auto owner = owners->find(id); owner != owners->end()) row.person = std::move(owner->second);
    row.groups = (*layers)->groups_of(id);
    const auto of_machine = said->find(id);
    row.configuration = configuration_standing(
        **layers, id, of_machine == said->end() ? std::nullopt : std::optional(std::move(of_machine->second)));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace activitytrack::server
