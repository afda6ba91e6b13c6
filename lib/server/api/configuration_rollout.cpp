#include "server/accounts/access.hpp"
#include "server/api/configuration_json.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/configuration/feed.hpp"
#include "server/configuration/rollout_rows.hpp"
#include "server/http/message.hpp"

// People see how far a version has come that goes out in waves, and decide about it. It is begun by a change
// (configuration.cpp).

namespace activitytrack::server {
namespace {

/// The latest rollout as it is now; of one that was taken back, as it was then.
Result<RolloutView> present_view(const Rollout& rollout, Services& services) {
  if (!rollout.ended_waves.empty()) return RolloutView{};
  const auto layers = read_layers(services.database);
  if (!layers) return layers.error();
  const auto fleet = present_fleet(services);
  if (!fleet) return fleet.error();
  return view_rollout(rollout, *layers, *fleet, services.clock.now());
}

/// What is kept of a rollout that is about to be taken back, of which nothing can be counted any more then.
Result<void> keep_view(RolloutChange& change, Services& services) {
  const auto rollout = latest_rollout(services.database);
  if (!rollout) return rollout.error();
  if (!*rollout) return {};
  const auto view = present_view(**rollout, services);
  if (!view) return view.error();
  change.view = *view;
  return {};
}

}  // namespace

Result<Fleet> present_fleet(Services& services) {
  auto states = services.machine_states.all();
  return states ? read_fleet(services.reader, std::move(*states)) : states.error();
}

Result<Response> get_configuration_rollout(const Request&, Services& services) {
  const auto rollout = latest_rollout(services.database);
  if (!rollout) return rollout.error();
  if (!*rollout) return Response{.body = R"({"rollout":null})"};
  const auto view = present_view(**rollout, services);
  if (!view) return view.error();
  return Response{.body = json_object([&](JsonWriter& json) {
                    write_rollout(json.key("rollout"), **rollout, *view, services.clock.now());
                  })};
}

Result<Response> post_configuration_rollout(const Request& request, Services& services) {
  Fields fields(request);
  RolloutChange change{.version = fields.number("version", 0, 1, INT64_MAX),
                       .info = {.at = services.clock.now(), .by = asker(request).name, .note = fields.note()}};
  if (change.version == 0) fields.must_have("version");
  const auto action = parse_rollout_action(fields.text("action"));
  if (!action) fields.refuse({ErrorCode::invalid_input, "action: must be continue, hold or abandon"});
  if (fields.refused()) return *fields.refused();
  change.action = *action;
  if (change.action == RolloutAction::abandon) {
    if (auto kept = keep_view(change, services); !kept) return kept.error();
  }
  const auto changed = audited(request, services, 200, [&](AuditEntry& entry) {
    auto rollout = change_rollout(services.database, change);
    if (!rollout) return rollout;
    entry.target = {.kind = "configuration", .id = "rollout"};
    entry.details = AuditDetails().add("version", change.version).add("action", to_string(change.action)).text();
    return rollout;
  });
  if (!changed) return changed.error();
  services.configuration.look();
  return get_configuration_rollout(request, services);
}

}  // namespace activitytrack::server
