#pragma once

#include "core/json_writer.hpp"
#include "server/configuration/editing.hpp"
#include "server/configuration/origins.hpp"
#include "server/configuration/rollout_view.hpp"
#include "server/http/message.hpp"

#include <optional>
#include <span>
#include <string>

// The configuration as the API shows it.

namespace activitytrack::server {

struct Services;

/// The table of agents' settings, for forms: GET /api/settings.
std::string settings_json();

/// 422 with every field that was wrong: in `detail` the first, in `errors` all.
Response refused_fields(std::span<const FieldError> errors);

/// 412: what the scope says now.
Response stale_scope(const Layer& current);

/// The members by which a trial tells what it would do.
void write_trial(JsonWriter& json, const EditOutcome& outcome);
void write_version(JsonWriter& json, const PastVersion& version);

/// By which version, when and by whom each scope, and each value in it, came to be what it is.
void write_origins(JsonWriter& json, const ScopeOrigins& origins);

/// The member `error`: what a machine's agent did not take, or null.
void write_configuration_error(JsonWriter& json, const MachineConfigurationState& machine);

/// A rollout, with how far it has come; of one that was taken back that is in the rollout.
void write_rollout(JsonWriter& json, const Rollout& rollout, const RolloutView& view, Time now);

/// All machines, with what their agents said by now of the configuration.
Result<Fleet> present_fleet(Services& services);

/// A machine's layers together, and what its agent said of them; nullopt if it never said anything.
void write_machine_configuration(JsonWriter& json, const Layers& layers, const std::string& machine_id,
                                 const std::optional<MachineConfigurationState>& machine, const ScopeOrigins& origins);

}  // namespace activitytrack::server
