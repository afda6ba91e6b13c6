#include "server/configuration/editing.hpp"

#include "server/configuration/rollout_rows.hpp"

#include <algorithm>
#include <map>

namespace activitytrack::server {
namespace {

constexpr std::size_t most_groups = 1'000;

/// The values in normal form, and what is wrong with the others.
SettingValues checked(const SettingValues& wanted, std::vector<FieldError>& errors) {
  SettingValues values;
  for (const auto& [key, json] : wanted) {
    if (json == "null") continue;
    const auto refuse = [&](std::string reason) { errors.push_back({"settings." + key, std::move(reason)}); };
    const auto* row = find_setting(key);
    if (!row) {
      refuse("there is no such setting");
    } else if (row->remote == Remote::never) {
      refuse("only the machine itself sets this");
    } else if (auto value = normal_value(*row, json)) {
      values[key] = std::move(*value);
    } else {
      refuse(value.error().message);
    }
  }
  return values;
}

/// Names of groups, once each; of a machine sorted, of the order as they come.
std::vector<std::string> checked_groups(const WantedLayer& wanted, const Layers& layers,
                                        std::vector<FieldError>& errors) {
  std::vector<std::string> groups;
  for (const std::string& group : *wanted.groups) {
    if (!layers.groups().contains(group)) errors.push_back({"groups", "there is no group of one of these names"});
    if (std::ranges::find(groups, group) == groups.end()) groups.push_back(group);
  }
  if (groups.size() > most_groups) errors.push_back({"groups", "must be at most 1000"});
  if (wanted.scope.kind == Scope::Kind::machine) std::ranges::sort(groups);
  return groups;
}

/// What is to change, in the order of scopes; nothing where errors were found.
Result<std::vector<ScopeChange>> changes_for(const WantedLayer& wanted, const Layers& layers,
                                             std::vector<FieldError>& errors) {
  const Layer now = layers.of(wanted.scope);
  if (wanted.remove) {
    if (!layers.groups().contains(wanted.scope.name)) return Error{ErrorCode::not_found, "there is no such group"};
    return removal_of(wanted.scope.name, layers);
  }
  if (wanted.scope.kind == Scope::Kind::group) {
    if (auto fits = check_group_name(wanted.scope.name); !fits) errors.push_back({"group", fits.error().message});
  }
  Layer next = now;
  if (wanted.settings) next.values = checked(*wanted.settings, errors);
  if (wanted.groups) next.groups = checked_groups(wanted, layers, errors);
  const bool is_new = wanted.scope.kind == Scope::Kind::group && !layers.groups().contains(wanted.scope.name);
  std::vector<ScopeChange> changes;
  if (errors.empty() && (is_new || next.text() != now.text())) changes.push_back({wanted.scope, std::move(next)});
  return changes;
}

/// Whether a change of these scopes reaches a machine, before it or after.
bool reaches(const std::vector<ScopeChange>& changes, const Layers& before, const Layers& after,
             const std::string& machine) {
  return std::ranges::any_of(changes, [&](const ScopeChange& change) {
    const auto is_in = [&](const Layers& layers) {
      const auto groups = layers.groups_of(machine);
      return std::ranges::find(groups, change.scope.name) != groups.end();
    };
    switch (change.scope.kind) {
      case Scope::Kind::machine:
        return change.scope.name == machine;
      case Scope::Kind::group:
        return is_in(before) || is_in(after);
      case Scope::Kind::defaults:
      case Scope::Kind::order:
        return true;
    }
    return false;
  });
}

/// What of the wanted values of a machine it would not take, and what it takes only because it lets a server loosen.
struct Looser {
  Looser(const SettingValues& wanted, const MachineConfigurationState& state) {
    auto values = wanted;
    auto keys = leave_out(values, state.own_bounds, false);
    values = wanted;
    left_out = leave_out(values, state.own_bounds, state.may_loosen);
    std::ranges::set_difference(keys, left_out, std::back_inserter(loosened));
  }
  std::vector<std::string> left_out{}, loosened{};  ///< keys, sorted
};

void count_machine(const std::string& machine, const MachineConfigurationState& state, const Layers& before,
                   const Layers& after, std::map<std::string, KeyEffect>& effects, EditOutcome& outcome) {
  const auto was = before.wanted(machine, state).values, will = after.wanted(machine, state).values;
  const Looser was_looser(was, state), looser(will, state);
  const auto sent = [](const SettingValues& values, const Looser& less, const std::string& key) {
    return std::ranges::binary_search(less.left_out, key) ? "" : value_in(values, key);
  };
  bool changes = false, left_out = false, loosened = false;
  for (auto& [key, effect] : effects) {
    ++effect.machines;
    const bool has_changed = sent(was, was_looser, key) != sent(will, looser, key);
    effect.changes += has_changed;
    changes |= has_changed;
    if (value_in(was, key) == value_in(will, key)) continue;
    const bool is_left_out = std::ranges::binary_search(looser.left_out, key);
    const bool is_loosened = std::ranges::binary_search(looser.loosened, key);
    ++effect.wanted;
    effect.left_out += is_left_out;
    effect.loosened += is_loosened;
    left_out |= is_left_out;
    loosened |= is_loosened;
  }
  if (changes) outcome.changed.add(machine);
  if (left_out) outcome.left_out.add(machine);
  if (loosened) outcome.loosened.add(machine);
}

Layers with_changes(Layers layers, std::int64_t version, const std::vector<ScopeChange>& changes) {
  for (const ScopeChange& change : changes) layers.take(version, change.scope, change.layer);
  return layers;
}

/// Fills in what a trial tells.
void count_effects(const std::vector<ScopeChange>& changes, const Layers& before, const Layers& after,
                   const Fleet& fleet, EditOutcome& outcome) {
  std::map<std::string, KeyEffect> effects;
  for (const ScopeChange& change : changes) {
    for (auto& changed : differences(change.scope, before.of(change.scope), change.layer.value_or(Layer{})))
      effects[changed.key] = {.key = changed.key, .from = std::move(changed.from), .to = std::move(changed.to)};
  }
  for (const auto& machine : fleet.machines) {
    if (!reaches(changes, before, after, machine.machine_id)) continue;
    count_machine(machine.machine_id, fleet.said(machine.machine_id), before, after, effects, outcome);
  }
  for (auto& [key, effect] : effects) outcome.effects.push_back(std::move(effect));
}

/// Fills in what the changes would do.
Result<EditOutcome> tried(Database& database, const Layers& layers, const std::vector<ScopeChange>& changes,
                          const Trial& trial, EditOutcome outcome) {
  if (changes.empty()) return outcome;
  if (auto free = need_free(database, changes, trial.in_waves); !free) return free.error();
  const auto version = layers.version() + 1;
  const Layers after = with_changes(layers, version, changes);
  count_effects(changes, layers, after, trial.waves.fleet, outcome);
  const Rollout rollout = planned_rollout(after, version, trial.waves, trial.now);
  outcome.waves = machines_by_wave(rollout, after, trial.waves.fleet);
  return outcome;
}

Result<EditOutcome> save(Database& database, const Layers& layers, const VersionInfo& info,
                         const std::vector<ScopeChange>& changes, const std::optional<InWaves>& waves,
                         EditOutcome outcome) {
  outcome.version = layers.version();
  if (changes.empty()) return outcome;
  if (auto free = need_free(database, changes, waves.has_value()); !free) return free.error();
  const auto made = add_version(database, layers.version(), info, changes);
  if (!made) return made.error();
  outcome.version = *made;
  if (!waves) {
    if (auto apart = set_apart(database, *made); !apart) return apart.error();
    return outcome;
  }
  const Layers after = with_changes(layers, *made, changes);
  if (auto begun = write_rollout(database, planned_rollout(after, *made, *waves, info.at)); !begun)
    return begun.error();
  return outcome;
}

/// The layers, which nobody else changes before the transaction ends.
Result<Layers> locked_layers(Database& database) {
  const auto latest = lock_versions(database);
  return latest ? read_layers(database) : latest.error();
}

/// What both edit() and its trial begin with: fills in what keeps it from being done.
Result<std::vector<ScopeChange>> plan(const WantedLayer& wanted, const Layers& layers, EditOutcome& outcome) {
  outcome.version = layers.version();
  Layer now = layers.of(wanted.scope);
  if (wanted.if_version && *wanted.if_version != now.version) {
    outcome.current = std::move(now);
    return std::vector<ScopeChange>();
  }
  return changes_for(wanted, layers, outcome.errors);
}

}  // namespace

Result<EditOutcome> edit(Database& database, const WantedLayer& wanted, const VersionInfo& info,
                         const std::optional<InWaves>& waves) {
  const auto layers = locked_layers(database);
  if (!layers) return layers.error();
  EditOutcome outcome;
  const auto changes = plan(wanted, *layers, outcome);
  return changes ? save(database, *layers, info, *changes, waves, std::move(outcome)) : changes.error();
}

Result<EditOutcome> try_edit(Database& database, const WantedLayer& wanted, const Trial& trial) {
  const auto layers = read_layers(database);
  if (!layers) return layers.error();
  EditOutcome outcome;
  const auto changes = plan(wanted, *layers, outcome);
  return changes ? tried(database, *layers, *changes, trial, std::move(outcome)) : changes.error();
}

Result<EditOutcome> roll_back(Database& database, const VersionInfo& info, const std::optional<InWaves>& waves) {
  const auto layers = locked_layers(database);
  if (!layers) return layers.error();
  const auto changes = changes_back_to(database, info.rolled_back_to.value_or(0));
  return changes ? save(database, *layers, info, *changes, waves, {}) : changes.error();
}

Result<EditOutcome> try_roll_back(Database& database, std::int64_t version, const Trial& trial) {
  const auto layers = read_layers(database);
  if (!layers) return layers.error();
  const auto changes = changes_back_to(database, version);
  if (!changes) return changes.error();
  return tried(database, *layers, *changes, trial, {.version = layers->version()});
}

}  // namespace activitytrack::server
