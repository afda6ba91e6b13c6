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

Response edit_answer(const EditOutcome& outcome, bool trial) {
  if (outcome.current) return stale_scope(*outcome.current);
  if (!outcome.errors.empty()) return refused_fields(outcome.errors);
  Response response;
  JsonWriter json(response.body);
  json.begin_object().field("version", outcome.version);
  if (trial) write_trial(json, outcome);
  json.end_object();
  return response;
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

VersionInfo version_by(const Request& request, Fields& fields, Services& services) {
  return {.at = services.clock.now(), .by = asker(request).name, .note = fields.note()};
}

/// What `attempt(fleet)` says that a change would do.
template <class Attempt>
Result<Response> answer_trial(Services& services, Attempt attempt) {
  auto states = services.machine_states.all();
  if (!states) return states.error();
  const auto fleet = read_fleet(services.reader, std::move(*states));
  if (!fleet) return fleet.error();
  const Result<EditOutcome> outcome = attempt(*fleet);
  return outcome ? Result<Response>(edit_answer(*outcome, true)) : outcome.error();
}

/// Makes the change and its entry in the audit log, and has agents hear of it; or, if the request asks for a trial,
/// only answers what it would do.
template <class Attempt, class Change>
Result<Response> answer_change_of(const Request& request, const Scope& scope, Services& services, Attempt attempt,
                                  Change change) {
  const auto trial = is_trial(request);
  if (!trial) return trial.error();
  if (*trial) return answer_trial(services, attempt);
  const auto outcome = audited(request, services, 200, [&](AuditEntry& entry) {
    const Result<EditOutcome> made = change();
    if (!made) return made;
    entry.status = edit_answer(*made, false).status;
    entry.target = {.kind = "configuration", .id = scope.text()};
    entry.details = AuditDetails().add("version", made->version).text();
    return made;
  });
  if (!outcome) return outcome.error();
  services.configuration.look();
  return edit_answer(*outcome, false);
}

Result<Response> answer_edit(const Request& request, const WantedLayer& wanted, const VersionInfo& info,
                             Services& services) {
  return answer_change_of(
      request, wanted.scope, services, [&](const Fleet& fleet) { return try_edit(services.database, wanted, fleet); },
      [&] { return edit(services.database, wanted, info); });
}

Result<Response> put_scope(const Request& request, Scope scope, Services& services) {
  Fields fields(request);
  auto wanted = read_wanted(request, std::move(scope), fields);
  if (!wanted) return wanted.error();
  if (wanted->scope.kind == Scope::Kind::machine) wanted->groups = fields.texts("groups");
  if (wanted->scope.kind != Scope::Kind::machine && !wanted->settings) fields.must_have("settings");
  const VersionInfo info = version_by(request, fields, services);
  if (fields.refused()) return *fields.refused();
  return answer_edit(request, *wanted, info, services);
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
  const VersionInfo info = version_by(request, fields, services);
  if (fields.refused()) return *fields.refused();
  return answer_edit(request, *wanted, info, services);
}

Result<Response> delete_configuration_group(const Request& request, Services& services) {
  const auto if_version = version_in(request.if_match);
  if (!if_version) return if_version.error();
  const WantedLayer wanted{
      .scope = {Scope::Kind::group, request.arguments.at(0)}, .remove = true, .if_version = *if_version};
  return answer_edit(request, wanted, {.at = services.clock.now(), .by = asker(request).name}, services);
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
  VersionInfo info = version_by(request, fields, services);
  info.rolled_back_to = fields.number("version", -1, 0, INT64_MAX);
  if (*info.rolled_back_to < 0) fields.must_have("version");
  if (fields.refused()) return *fields.refused();
  return answer_change_of(
      request, {}, services,
      [&](const Fleet& fleet) { return try_roll_back(services.database, *info.rolled_back_to, fleet); },
      [&] { return roll_back(services.database, info); });
}

}  // namespace activitytrack::server
