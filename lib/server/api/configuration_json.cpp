#include "server/api/configuration_json.hpp"

#include "server/configuration/feed.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::server {
namespace {

struct TypeName {
  std::string_view operator()(bool Settings::*) const { return "boolean"; }
  std::string_view operator()(std::int64_t Settings::*) const { return "integer"; }
  std::string_view operator()(std::string Settings::*) const { return "string"; }
  std::string_view operator()(std::vector<std::string> Settings::*) const { return "list"; }
};

/// What may be set once counts as tightened: it protects the person, and is never looser after.
std::string_view remote_name(Remote remote) {
  return remote == Remote::never ? "never" : remote == Remote::free ? "free" : "tighten";
}

void write_setting(JsonWriter& json, const Setting<Settings>& row) {
  const bool is_number = std::holds_alternative<std::int64_t Settings::*>(row.member);
  const auto number_or_null = [&](std::string_view name, std::int64_t number) {
    json.key(name);
    is_number ? json.value(number) : json.null();
  };
  json.begin_object().field("key", row.key).field("type", std::visit(TypeName(), row.member));
  json.key("unit");
  row.unit.empty() ? json.null() : json.value(row.unit);
  number_or_null("min", row.min);
  number_or_null("max", row.max);
  json.key("choices");
  row.choices.empty() ? json.null() : json.value(row.choices);
  json.key("default").raw(value_of(Settings(), row));
  json.field("help", row.help).field("section", row.section).field("needs_restart", row.needs_restart);
  json.field("secret", row.secret).field("remote", remote_name(row.remote)).end_object();
}

void write_json_or_null(JsonWriter& json, std::string_view name, const std::string& value) {
  json.key(name);
  value.empty() ? json.null() : json.raw(value);
}

void write_effect(JsonWriter& json, const KeyEffect& effect) {
  json.begin_object().field("key", effect.key);
  write_json_or_null(json, "from", effect.from);
  write_json_or_null(json, "to", effect.to);
  json.field("machines", effect.machines).field("wanted", effect.wanted).field("changes", effect.changes);
  json.field("left_out", effect.left_out).field("loosened", effect.loosened).end_object();
}

void write_concerned(JsonWriter& json, const ConcernedMachines& concerned) {
  json.begin_object().field("count", concerned.count).field("machines", concerned.named).end_object();
}

std::optional<std::string> if_any(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

}  // namespace

std::string settings_json() {
  return json_object([](JsonWriter& json) {
    json.key("settings").array(settings_table(), [&](const auto& row) { write_setting(json, row); });
  });
}

Response refused_fields(std::span<const FieldError> errors) {
  Response response = problem(422, errors.front().field + ": " + errors.front().reason);
  std::string list;
  JsonWriter json(list);
  json.array(errors, [&](const FieldError& error) {
    json.begin_object().field("field", error.field).field("reason", error.reason).end_object();
  });
  add_member(response, "errors", list);
  return response;
}

Response stale_scope(const Layer& current) {
  Response response = problem(412, "somebody has changed this meanwhile; `current` is what it says now");
  std::string now = current.text();
  now.insert(1, "\"version\":" + std::to_string(current.version) + ",");
  add_member(response, "current", now);
  return response;
}

void write_origins(JsonWriter& json, const ScopeOrigins& origins) {
  const auto members = [&](const VersionInfo& info) {
    json.field("version", info.version).field("at", format_timestamp(info.at)).field("by", info.by);
  };
  json.begin_object();
  for (const auto& [scope, origin] : origins) {
    json.key(scope).begin_object();
    members(origin.saved);
    json.key("settings").begin_object();
    for (const auto& [key, info] : origin.values) {
      json.key(key).begin_object();
      members(info);
      json.end_object();
    }
    json.end_object().end_object();
  }
  json.end_object();
}

void write_configuration_error(JsonWriter& json, const MachineConfigurationState& machine) {
  json.key("error");
  if (machine.error_reason.empty()) {
    json.null();
    return;
  }
  json.begin_object().field("key", machine.error_key).field("reason", machine.error_reason).end_object();
}

void write_trial(JsonWriter& json, const EditOutcome& outcome) {
  json.key("effects").array(outcome.effects, [&](const KeyEffect& effect) { write_effect(json, effect); });
  write_concerned(json.key("changed"), outcome.changed);
  write_concerned(json.key("left_out"), outcome.left_out);
  write_concerned(json.key("loosened"), outcome.loosened);
}

void write_rollout(JsonWriter& json, const Rollout& rollout, const RolloutView& view, Time now) {
  const bool is_running = rollout.state == Rollout::State::running;
  json.begin_object().field("version", rollout.version).field("state", to_string(rollout.state));
  json.field("by", rollout.by).field("started_at", format_timestamp(rollout.started_at)).field("wave", rollout.wave);
  const auto ends_at = format_timestamp(rollout.wave_began_at + rollout.wave_time);
  json.field("wave_ends_at", is_running ? std::optional(ends_at) : std::nullopt);
  json.field("wave_sec", rollout.wave_time.count()).field("reason", if_any(why_it_waits(rollout, now)));
  const bool is_kept = !rollout.ended_waves.empty();
  json.key("waves").raw(is_kept ? rollout.ended_waves : waves_json(view));
  json.key("failures").raw(is_kept ? rollout.ended_failures : failures_json(view));
  json.end_object();
}

void write_version(JsonWriter& json, const PastVersion& version) {
  json.begin_object().field("version", version.info.version).field("at", format_timestamp(version.info.at));
  json.field("by", version.info.by).field("note", version.info.note);
  json.field("rolled_back_to", version.info.rolled_back_to).field("rollout", if_any(version.rollout));
  json.key("changes").array(version.changes, [&](const PastVersion::ChangedKey& changed) {
    json.begin_object().field("scope", changed.scope).field("key", changed.key);
    write_json_or_null(json, "from", changed.from);
    write_json_or_null(json, "to", changed.to);
    json.end_object();
  });
  json.end_object();
}

void write_machine_configuration(JsonWriter& json, const Layers& layers, const std::string& machine_id,
                                 const std::optional<MachineConfigurationState>& said, const ScopeOrigins& origins) {
  const MachineConfigurationState machine = said.value_or(MachineConfigurationState{});
  const Layer own = layers.of({Scope::Kind::machine, machine_id});
  const SentSettings sent = settings_for(layers, machine_id, machine);
  json.begin_object();
  json.field("groups", layers.groups_of(machine_id));
  json.key("settings").raw(format_values(own.values)).field("settings_version", own.version);
  json.key("effective").raw(format_values(sent.values)).field("version", sent.version);
  json.field("applied_version", machine.applied_version);
  json.field("state", configuration_state(sent.version, said));
  json.field("waits_for_wave", layers.waits_for_wave(machine_id, machine));
  json.field("left_out", sent.left_out);
  write_configuration_error(json, machine);
  json.field("may_loosen", machine.may_loosen).key("local").raw(format_values(machine.own_bounds));
  write_origins(json.key("origins"), origins);
  json.field("asked_at", said ? std::optional(format_timestamp(machine.asked_at)) : std::nullopt).end_object();
}

}  // namespace activitytrack::server
