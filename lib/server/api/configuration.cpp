#include "core/json_writer.hpp"
#include "core/text.hpp"
#include "server/accounts/access.hpp"
#include "server/api/configuration_json.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/configuration/editing.hpp"
#include "server/configuration/feed.hpp"
#include "server/http/message.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

// People see and change what agents are to do. What machines are sent of it is in agent_configuration.cpp.

namespace activitytrack::server {
namespace {

constexpr std::size_t default_versions = 50, max_versions = 1'000;

/// Whether a request only asks what would become of it.
Result<bool> is_trial(const Request& request) {
  const std::string* given = request.target.find("dry_run");
  if (!given || *given == "0") return false;
  if (*given == "1") return true;
  return Error{ErrorCode::invalid_input, "dry_run: must be 1 or 0"};
}

/// The version in If-Match: "7", in quotes; nullopt if it is not given, or is `*`.
Result<std::optional<std::int64_t>> version_in(std::string_view if_match) {
  if (if_match.empty() || if_match == "*") return std::optional<std::int64_t>();
  const bool is_quoted = if_match.size() > 2 && if_match.starts_with('"') && if_match.ends_with('"');
  const auto number = is_quoted ? parse_number<std::int64_t>(if_match.substr(1, if_match.size() - 2)) : std::nullopt;
  if (number) return std::optional(*number);
  return Error{ErrorCode::invalid_input, "If-Match: must be the scope's version in quotes, as \"7\""};
}

/// How long each wave is to be, by `rollout` in a body; nullopt where it is not given.
std::optional<std::chrono::seconds> read_wave_time(Fields& fields) {
  const auto given = fields.values("rollout");
  if (!given) return std::nullopt;
  const auto wave_sec = given->find("wave_sec");
  if (wave_sec == given->end()) return Rollout::default_wave_time;
  const std::chrono::seconds time(parse_number<std::int64_t>(wave_sec->second).value_or(0));
  if (time < Rollout::least_wave_time || time > Rollout::most_wave_time)
    fields.refuse({ErrorCode::invalid_input, "rollout.wave_sec: must be a whole number from 10 to 86400"});
  return time;
}

Response edit_answer(const EditOutcome& outcome) {
  if (outcome.current) return stale_scope(*outcome.current);
  if (!outcome.errors.empty()) return refused_fields(outcome.errors);
  return {.body = json_object([&](JsonWriter& json) { json.field("version", outcome.version); })};
}

Response trial_answer(const EditOutcome& outcome, bool in_waves) {
  if (outcome.current || !outcome.errors.empty()) return edit_answer(outcome);
  return {.body = json_object([&](JsonWriter& json) {
            json.field("version", outcome.version);
            write_trial(json, outcome);
            if (in_waves) json.key("waves").array(outcome.waves, [&](std::size_t machines) { json.value(machines); });
          })};
}

/// What a body says of a scope.
Result<WantedLayer, Response> read_wanted(const Request& request, Scope scope, Fields& fields) {
  WantedLayer wanted{.scope = std::move(scope)};
  const auto if_version = version_in(request.if_match);
  if (!if_version) fields.refuse(if_version.error());
  if (if_version) wanted.if_version = *if_version;
  wanted.settings = fields.values("settings");
  if (fields.refused()) return *fields.refused();
  return wanted;
}

/// What a change is about, and how it is to go out: all at once, or in waves of this time.
struct Asked {
  Scope scope{};
  VersionInfo info{};
  std::optional<std::chrono::seconds> wave_time{};
};

Asked read_asked(const Request& request, Fields& fields, Services& services) {
  return {.info = {.at = services.clock.now(), .by = asker(request).name, .note = fields.note()},
          .wave_time = read_wave_time(fields)};
}

/// What `attempt(trial)` says that a change would do.
template <class Attempt>
Result<Response> answer_trial(const Asked& asked, InWaves waves, Attempt attempt) {
  const Trial trial{.waves = std::move(waves), .in_waves = asked.wave_time.has_value(), .now = asked.info.at};
  const Result<EditOutcome> outcome = attempt(trial);
  return outcome ? Result<Response>(trial_answer(*outcome, trial.in_waves)) : outcome.error();
}

std::string audit_details(const EditOutcome& made, const Asked& asked) {
  AuditDetails details;
  details.add("version", made.version);
  if (asked.wave_time) details.add("wave_sec", asked.wave_time->count());
  return details.text();
}

/// Makes the change and its entry in the audit log, and has agents hear of it; or, if the request asks for a trial,
/// only answers what it would do. Who may not decide about a rollout may not begin one, for it keeps others from
/// theirs.
template <class Attempt, class Change>
Result<Response> answer_change_of(const Request& request, const Asked& asked, Services& services, Attempt attempt,
                                  Change change) {
  const auto trial = is_trial(request);
  if (!trial) return trial.error();
  if (asked.wave_time && !asker(request).is_admin()) return problem(403, "rollout: only an admin may begin one");
  std::optional<InWaves> waves;
  if (*trial || asked.wave_time) {
    auto fleet = present_fleet(services);
    if (!fleet) return fleet.error();
    waves = InWaves{asked.wave_time.value_or(Rollout::default_wave_time), std::move(*fleet)};
  }
  if (*trial) return answer_trial(asked, std::move(*waves), attempt);
  const auto outcome = audited(request, services, 200, [&](AuditEntry& entry) {
    const Result<EditOutcome> made = change(waves);
    if (!made) return made;
    entry.status = edit_answer(*made).status;
    entry.target = {.kind = "configuration", .id = asked.scope.text()};
    entry.details = audit_details(*made, asked);
    return made;
  });
  if (!outcome) return outcome.error();
  services.configuration.look();
  return edit_answer(*outcome);
}

Result<Response> answer_edit(const Request& request, const WantedLayer& wanted, Asked asked, Services& services) {
  asked.scope = wanted.scope;
  return answer_change_of(
      request, asked, services, [&](const Trial& trial) { return try_edit(services.database, wanted, trial); },
      [&](const std::optional<InWaves>& waves) { return edit(services.database, wanted, asked.info, waves); });
}

Result<Response> put_scope(const Request& request, Scope scope, Services& services) {
  Fields fields(request);
  auto wanted = read_wanted(request, std::move(scope), fields);
  if (!wanted) return wanted.error();
  if (wanted->scope.kind == Scope::Kind::machine) wanted->groups = fields.texts("groups");
  if (wanted->scope.kind != Scope::Kind::machine && !wanted->settings) fields.must_have("settings");
  auto asked = read_asked(request, fields, services);
  if (fields.refused()) return *fields.refused();
  return answer_edit(request, *wanted, std::move(asked), services);
}

}  // namespace

Result<Response> get_settings(const Request&, Services&) {
  static const std::string document = settings_json();
  return Response{.body = document};
}

Result<Response> get_configuration(const Request&, Services& services) {
  const auto layers = read_layers(services.database);
  if (!layers) return layers.error();
  const auto origins = read_origins(services.database);
  if (!origins) return origins.error();
  Response response;
  JsonWriter json(response.body);
  json.begin_object()
      .field("version", layers->version())
      .field("order_version", layers->of({Scope::Kind::order}).version);
  json.key("defaults").raw(format_values(layers->defaults().values));
  json.field("defaults_version", layers->defaults().version);
  json.key("groups").array(layers->order(), [&](const std::string& group) {
    const Layer& layer = layers->groups().at(group);
    const auto machines = std::ranges::count_if(layers->machines(), [&](const auto& machine) {
      return std::ranges::binary_search(machine.second.groups, group);
    });
    json.begin_object().field("group", group).key("settings").raw(format_values(layer.values));
    json.field("version", layer.version).field("machines", machines).end_object();
  });
  write_origins(json.key("origins"), *origins);
  json.end_object();
  return response;
}

Result<Response> put_configuration_defaults(const Request& request, Services& services) {
  return put_scope(request, {Scope::Kind::defaults}, services);
}

Result<Response> put_configuration_group(const Request& request, Services& services) {
  return put_scope(request, {Scope::Kind::group, request.arguments.at(0)}, services);
}

Result<Response> put_machine_configuration(const Request& request, Services& services) {
  return put_scope(request, {Scope::Kind::machine, request.arguments.at(0)}, services);
}

Result<Response> put_configuration_order(const Request& request, Services& services) {
  Fields fields(request);
  auto wanted = read_wanted(request, {Scope::Kind::order}, fields);
  if (!wanted) return wanted.error();
  wanted->settings.reset();
  wanted->groups = fields.texts("order");
  if (!wanted->groups) fields.must_have("order");
  auto asked = read_asked(request, fields, services);
  if (fields.refused()) return *fields.refused();
  return answer_edit(request, *wanted, std::move(asked), services);
}

Result<Response> delete_configuration_group(const Request& request, Services& services) {
  const auto if_version = version_in(request.if_match);
  if (!if_version) return if_version.error();
  Parameters parameters(request.target);
  constexpr auto least = Rollout::least_wave_time.count(), most = Rollout::most_wave_time.count();
  const auto wave_sec = parameters.count("rollout", 0, most, least);
  if (parameters.wrong()) return *parameters.wrong();
  const WantedLayer wanted{
      .scope = {Scope::Kind::group, request.arguments.at(0)}, .remove = true, .if_version = *if_version};
  Asked asked{.info = {.at = services.clock.now(), .by = asker(request).name}};
  if (wave_sec > 0) asked.wave_time = std::chrono::seconds(wave_sec);
  return answer_edit(request, wanted, std::move(asked), services);
}

Result<Response> get_machine_configuration(const Request& request, Services& services) {
  const std::string& machine_id = request.arguments.at(0);
  const auto layers = read_layers(services.database);
  if (!layers) return layers.error();
  const auto state = services.machine_states.find(machine_id);
  if (!state) return state.error();
  const auto origins = read_origins(services.database, machine_id);
  if (!origins) return origins.error();
  Response response;
  JsonWriter json(response.body);
  write_machine_configuration(json, *layers, machine_id, *state, *origins);
  return response;
}

Result<Response> get_configuration_versions(const Request& request, Services& services) {
  Parameters parameters(request.target);
  const auto limit = parameters.count("limit", default_versions, max_versions);
  std::int64_t before = INT64_MAX;
  if (const std::string* cursor = parameters.find("cursor")) {
    const auto number = parse_number<std::int64_t>(*cursor);
    if (!number) parameters.refuse_cursor();
    before = number.value_or(before);
  }
  if (parameters.wrong()) return *parameters.wrong();
  const auto append = [](std::string& out, const PastVersion& version) {
    JsonWriter json(out);
    write_version(json, version);
  };
  const auto cursor = [](const PastVersion& last) { return std::to_string(last.info.version); };
  return page_response("versions", read_history(services.database, before, limit + 1), limit, append, cursor);
}

Result<Response> post_configuration_rollback(const Request& request, Services& services) {
  Fields fields(request);
  Asked asked = read_asked(request, fields, services);
  const auto version = fields.number("version", -1, 0, INT64_MAX);
  asked.info.rolled_back_to = version;
  if (version < 0) fields.must_have("version");
  if (fields.refused()) return *fields.refused();
  return answer_change_of(
      request, asked, services, [&](const Trial& trial) { return try_roll_back(services.database, version, trial); },
      [&](const std::optional<InWaves>& waves) { return roll_back(services.database, asked.info, waves); });
}

}  // namespace activitytrack::server
