#include "configuration.hpp"

#include "administration.hpp"
#include "core/text.hpp"
#include "server/configuration/feed.hpp"

#include <unistd.h>

#include <algorithm>

// The commands that are about what agents are to do.

namespace activitytrack::server {
namespace {

constexpr std::size_t shown_versions = 50;

Result<Scope> scope_of(const std::string& text) {
  auto scope = Scope::parse(text);
  if (scope && scope->kind != Scope::Kind::order) return std::move(*scope);
  return Error{ErrorCode::invalid_input, text + ": a scope is defaults, group/NAME or machine/ID"};
}

std::string or_none(const std::string& json) { return json.empty() ? "-" : json; }

Rows rows_of(const SettingValues& values) {
  Rows rows;
  for (const auto& [key, value] : values) rows.push_back({"  " + key, value});
  return rows;
}

std::string section(const std::string& title, const SettingValues& values) {
  return title + "\n" + (values.empty() ? "  nothing\n" : format_table(rows_of(values)));
}

std::string overview(const Layers& layers) {
  std::string text =
      "Version " + std::to_string(layers.version()) + "\n\n" + section("defaults", layers.defaults().values);
  for (const std::string& group : layers.order())
    text += "\n" + section("group/" + group, layers.groups().at(group).values);
  for (const auto& [machine, layer] : layers.machines()) {
    if (layer.values.empty() && layer.groups.empty()) continue;
    const std::string in_groups = layer.groups.empty() ? "" : "  in " + joined(layers.groups_of(machine), ", ");
    text += "\n" + section("machine/" + machine + in_groups, layer.values);
  }
  return text;
}

Result<std::string> machine_text(Database& database, const Layers& layers, const std::string& machine_id) {
  if (auto there = need_machine(database, machine_id); !there) return there.error();
  const auto states = read_machine_states(database);
  if (!states) return states.error();
  const auto found = states->find(machine_id);
  const auto said = found == states->end() ? std::nullopt : std::optional(found->second);
  const auto sent = settings_for(layers, machine_id, said.value_or(MachineConfigurationState{}));
  std::string text =
      section("Version " + std::to_string(sent.version) + ": " + std::string(configuration_state(sent.version, said)),
              sent.values);
  if (const auto wave = layers.waits_for_wave(machine_id, said.value_or(MachineConfigurationState{})))
    text +=
        "Waits for wave " + std::to_string(*wave) + " of version " + std::to_string(layers.rollout()->version) + "\n";
  if (!sent.left_out.empty())
    text += "Left out, since the machine does not allow it: " + joined(sent.left_out, ", ") + "\n";
  if (said && !said->error_reason.empty())
    text += "Not in force: " + (said->error_key.empty() ? "" : said->error_key + ": ") + said->error_reason + "\n";
  return text;
}

/// A value as people type it, as in a file, in JSON.
Result<std::string> typed_value(std::string_view key, std::string_view text) {
  const auto* row = find_setting(key);
  if (!row) return Error{ErrorCode::invalid_input, std::string(key) + ": there is no such setting"};
  if (row->remote == Remote::never)
    return Error{ErrorCode::invalid_input, std::string(key) + ": only the machine itself sets this"};
  Settings settings;
  if (auto set = apply_setting(*row, {{std::string(text)}, ""}, settings); !set)
    return Error{ErrorCode::invalid_input, std::string(key) + ": " + set.error().message};
  return value_of(settings, *row);
}

/// Changes what the scope says by KEY=VALUE and KEY=.
Result<SettingValues> changed_values(SettingValues values, std::span<const std::string> words) {
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    if (equals == word.npos) return Error{ErrorCode::invalid_input, word + ": must be KEY=VALUE"};
    const std::string key = word.substr(0, equals), text = word.substr(equals + 1);
    if (text.empty()) {
      values.erase(key);
      continue;
    }
    auto value = typed_value(key, text);
    if (!value) return value.error();
    values[key] = std::move(*value);
  }
  return values;
}

Result<void> first_error(const EditOutcome& outcome) {
  if (outcome.errors.empty()) return {};
  const FieldError& error = outcome.errors.front();
  return Error{ErrorCode::invalid_input, error.field + ": " + error.reason};
}

std::string effects_text(const std::vector<KeyEffect>& effects) {
  Rows rows{{"SETTING", "FROM", "TO", "MACHINES", "CHANGES", "LEFT OUT"}};
  for (const KeyEffect& effect : effects)
    rows.push_back({effect.key, or_none(effect.from), or_none(effect.to), std::to_string(effect.machines),
                    std::to_string(effect.changes), std::to_string(effect.left_out)});
  return format_table(rows);
}

Result<void> report(const EditOutcome& outcome) {
  program::print("version " + std::to_string(outcome.version) + "\n");
  return {};
}

/// How long each wave is to be, by --rollout and --wave-time; nullopt: all machines at once.
Result<std::optional<std::chrono::seconds>> wave_time_of(const Options& options) {
  if (!options.line.has("rollout")) return std::optional<std::chrono::seconds>();
  const auto time = parse_duration(options.line.get("wave-time", "10m"));
  if (time && *time >= Rollout::least_wave_time && *time <= Rollout::most_wave_time) return std::optional(*time);
  return Error{ErrorCode::invalid_input, "--wave-time must be from 10s to 24h"};
}

std::string waves_text(const EditOutcome& tried) {
  const auto& waves = tried.waves;
  return "in waves of " + std::to_string(waves[0]) + ", " + std::to_string(waves[1]) + " and " +
         std::to_string(waves[2]) + " machines\n";
}

/// Shows what a change would do, asks, does it, and writes it down. `action` is for the audit log.
template <class Try, class Do>
int tried_first(const Options& options, std::string_view action, std::string_view machine, Try attempt, Do change) {
  const auto wave_time = wave_time_of(options);
  if (!wave_time) return complain(wave_time.error(), exit_usage);
  return with_store(options, [&](Store& store, Time now) -> Result<void> {
    Database& database = *store.database;
    auto fleet = fleet_of(store);
    if (!fleet) return fleet.error();
    const Trial trial{.waves = {wave_time->value_or(Rollout::default_wave_time), std::move(*fleet)},
                      .in_waves = wave_time->has_value(),
                      .now = now};
    const auto tried = attempt(database, trial);
    if (!tried) return tried.error();
    if (auto fits = first_error(*tried); !fits) return fits;
    program::print(effects_text(tried->effects) + (trial.in_waves ? waves_text(*tried) : ""));
    if (auto wanted = confirm(options, "this changes what agents do"); !wanted) return wanted;
    const auto waves = trial.in_waves ? std::optional(trial.waves) : std::nullopt;
    const auto done = audited(database, command_entry(action, machine, now),
                              [&] { return change(database, info_of(options, now), waves); });
    if (!done) return done.error();
    if (done->current) return Error{ErrorCode::conflict, "somebody else has changed it meanwhile; look, and try again"};
    return report(*done);
  });
}

int edit_tried_first(const Options& options, std::string_view action, const WantedLayer& wanted) {
  const std::string machine = wanted.scope.kind == Scope::Kind::machine ? wanted.scope.name : "";
  return tried_first(
      options, action, machine,
      [&](Database& database, const Trial& trial) { return try_edit(database, wanted, trial); },
      [&](Database& database, const VersionInfo& info, const std::optional<InWaves>& waves) {
        return edit(database, wanted, info, waves);
      });
}

/// What a scope says now, to be changed.
Result<Layer> present_layer(const Options& options, const Scope& scope) {
  Result<Layer> layer = Layer{};
  with_database(options, [&](Database& database, Time) -> Result<void> {
    const auto layers = read_layers(database);
    layer = layers ? Result<Layer>(layers->of(scope)) : layers.error();
    return {};
  });
  return layer;
}

}  // namespace

VersionInfo info_of(const Options& options, Time now) {
  return {.at = now, .by = command_entry("", "", Time()).name, .note = options.line.get("note", "")};
}

Result<Fleet> fleet_of(Store& store) {
  auto states = read_machine_states(*store.database);
  return states ? read_fleet(*store.reader, std::move(*states)) : states.error();
}

int show_configuration(const Options& options) {
  return with_database(options, [&](Database& database, Time) -> Result<void> {
    const auto layers = read_layers(database);
    if (!layers) return layers.error();
    if (options.arguments.empty()) return program::print(overview(*layers)), Result<void>();
    const auto scope = scope_of(options.arguments.front());
    if (!scope) return scope.error();
    auto text = scope->kind == Scope::Kind::machine
                    ? machine_text(database, *layers, scope->name)
                    : Result<std::string>(section(scope->text(), layers->of(*scope).values));
    if (!text) return text.error();
    program::print(*text);
    return {};
  });
}

int set_configuration(const Options& options) {
  auto scope = scope_of(options.arguments.front());
  if (!scope) return complain(scope.error(), exit_usage);
  const auto now = present_layer(options, *scope);
  if (!now) return complain(now.error());
  auto values = changed_values(now->values, std::span(options.arguments).subspan(1));
  if (!values) return complain(values.error(), exit_usage);
  return edit_tried_first(options, "config set",
                          {.scope = std::move(*scope), .settings = std::move(*values), .if_version = now->version});
}

int group_machine(const Options& options) {
  const WantedLayer wanted{.scope = {Scope::Kind::machine, options.arguments.front()},
                           .groups = std::vector(options.arguments.begin() + 1, options.arguments.end())};
  return with_database(options, [&](Database& database, Time now) -> Result<void> {
    if (auto there = need_machine(database, wanted.scope.name); !there) return there;
    const auto done = audited(database, command_entry("config group", wanted.scope.name, now),
                              [&] { return edit(database, wanted, info_of(options, now)); });
    if (!done) return done.error();
    if (auto fits = first_error(*done); !fits) return fits;
    return report(*done);
  });
}

int show_history(const Options& options) {
  return with_database(options, [&](Database& database, Time) -> Result<void> {
    const auto history = read_history(database, INT64_MAX, shown_versions);
    if (!history) return history.error();
    std::string text;
    for (const PastVersion& version : *history) {
      text += std::to_string(version.info.version) + "  " + format_timestamp(version.info.at) + "  " + version.info.by;
      if (version.info.rolled_back_to) text += "  back to " + std::to_string(*version.info.rolled_back_to);
      if (!version.rollout.empty()) text += "  in waves, " + version.rollout;
      text += (version.info.note.empty() ? "" : "  " + version.info.note) + "\n";
      Rows rows;
      for (const auto& changed : version.changes)
        rows.push_back({"   ", changed.scope, changed.key, or_none(changed.from), "->", or_none(changed.to)});
      if (!rows.empty()) text += format_table(rows);
    }
    program::print(text.empty() ? "nothing was ever changed\n" : text);
    return {};
  });
}

int roll_back_configuration(const Options& options) {
  const auto version = parse_number<std::int64_t>(options.arguments.front());
  if (!version || *version < 0)
    return complain({ErrorCode::invalid_input, "VERSION must be a number of config history"}, exit_usage);
  return tried_first(
      options, "config rollback", "",
      [&](Database& database, const Trial& trial) { return try_roll_back(database, *version, trial); },
      [&](Database& database, VersionInfo info, const std::optional<InWaves>& waves) {
        info.rolled_back_to = *version;
        return roll_back(database, info, waves);
      });
}

int show_configuration_states(const Options& options) {
  return with_store(options, [&](Store& store, Time) -> Result<void> {
    const auto layers = read_layers(*store.database);
    if (!layers) return layers.error();
    const auto fleet = fleet_of(store);
    if (!fleet) return fleet.error();
    Rows rows{{"MACHINE", "WANTED", "IN FORCE", "STATE", "ASKED", "WHY"}};
    for (const auto& [machine, last_seen] : fleet->machines) {
      const auto found = fleet->states.find(machine);
      const auto said = found == fleet->states.end() ? std::nullopt : std::optional(found->second);
      const auto wanted = layers->wanted(machine, fleet->said(machine)).version;
      rows.push_back({machine, std::to_string(wanted), std::to_string(said ? said->applied_version : 0),
                      std::string(configuration_state(wanted, said)), said ? format_timestamp(said->asked_at) : "never",
                      said && !said->error_reason.empty() ? said->error_key + ": " + said->error_reason : ""});
    }
    program::print(format_table(rows));
    return {};
  });
}

}  // namespace activitytrack::server
