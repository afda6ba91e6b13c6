#pragma once

#include "core/json_writer.hpp"

#include <string>
#include <string_view>

// The parts of /openapi.json that follow the table of endpoints.

namespace activitytrack::server {

/// {"$ref":...} to a schema.
std::string reference(std::string_view name);

/// Each path once, with all its methods, in the order of the table.
void write_paths(JsonWriter& json);

/// The answers that many operations may give, which the paths refer to.
void write_refusals(JsonWriter& json);

}  // namespace activitytrack::server
