#include "core/json_writer.hpp"
#include "server/api/configuration_json.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/configuration/feed.hpp"
#include "server/events/store.hpp"
#include "server/http/message.hpp"

// What became of the configuration on all machines: people see where it is not as they want it.

namespace activitytrack::server {
namespace {

constexpr std::size_t most_machines = 5'000;

struct Row {
  Machine machine{};
  std::optional<MachineConfigurationState> said{};
};

void write_row(JsonWriter& json, const Layers& layers, const Row& row) {
  const std::string& machine_id = row.machine.machine_id;
  const MachineConfigurationState said = row.said.value_or(MachineConfigurationState{});
  const SentSettings sent = settings_for(layers, machine_id, said);
  json.begin_object().field("machine_id", machine_id).field("user_label", row.machine.user_label);
  json.field("groups", layers.groups_of(machine_id));
  json.key("settings").raw(format_values(layers.of({Scope::Kind::machine, machine_id}).values));
  json.field("version", sent.version).field("applied_version", said.applied_version);
  json.field("state", configuration_state(sent.version, row.said)).field("left_out", sent.left_out);
  write_configuration_error(json, said);
  json.field("may_loosen", said.may_loosen);
  json.key("local").array(said.own_bounds, [&](const auto& bound) { json.value(bound.first); });
  json.field("asked_at", row.said ? std::optional(format_timestamp(said.asked_at)) : std::nullopt);
  json.field("last_seen", format_timestamp(row.machine.last_seen)).end_object();
}

Result<std::vector<Row>> read_rows(const Request& request, Services& services, const std::string& after,
                                   std::size_t limit) {
  auto machines = visible_machines(asker(request), services.reader, after, limit);
  if (!machines) return machines.error();
  const auto states = services.machine_states.all();
  if (!states) return states.error();
  std::vector<Row> rows;
  for (Machine& machine : *machines) {
    const auto said = states->find(machine.machine_id);
    rows.push_back({std::move(machine), said == states->end() ? std::nullopt : std::optional(said->second)});
  }
  return rows;
}

}  // namespace

Result<Response> get_configuration_machines(const Request& request, Services& services) {
  Parameters parameters(request.target);
  const auto limit = parameters.count("limit", most_machines, most_machines);
  const auto after = parameters.name_cursor();
  if (parameters.wrong()) return *parameters.wrong();
  const auto layers = read_layers(services.database);
  if (!layers) return layers.error();
  const auto append = [&](std::string& out, const Row& row) {
    JsonWriter json(out);
    write_row(json, *layers, row);
  };
  const auto cursor = [](const Row& last) { return make_name_cursor(last.machine.machine_id); };
  return page_response("machines", read_rows(request, services, after, limit + 1), limit, append, cursor);
}

}  // namespace activitytrack::server
