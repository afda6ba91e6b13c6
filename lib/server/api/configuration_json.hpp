#pragma once

#include "core/json_writer.hpp"
#include "server/configuration/editing.hpp"
#include "server/http/message.hpp"

#include <optional>
#include <span>
#include <string>

// The configuration as the API shows it.

namespace activitytrack::server {

/// The table of agents' settings, for forms: GET /api/settings.
std::string settings_json();

/// 422 with every field that was wrong: in `detail` the first, in `errors` all.
Response refused_fields(std::span<const FieldError> errors);

/// 412: what the scope says now.
Response stale_scope(const Layer& current);

void write_effects(JsonWriter& json, std::span<const KeyEffect> effects);
void write_version(JsonWriter& json, const PastVersion& version);

/// A machine's layers together, and what its agent said of them; nullopt if it never said anything.
void write_machine_configuration(JsonWriter& json, const Layers& layers, const std::string& machine_id,
                                 const std::optional<MachineConfigurationState>& machine);

}  // namespace activitytrack::server
