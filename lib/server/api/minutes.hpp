#pragma once

#include "core/json_writer.hpp"
#include "report/minutes.hpp"
#include "server/events/store.hpp"

#include <string>

namespace activitytrack::server {

/// Adds a machine's events in `range`, a few at once, and finishes the columns.
Result<void> fill_columns(StoreReader& reader, const std::string& machine_id, TimeRange range, MinuteColumns& columns);

/// "zones":[{"from":...,"timezone":...,"utc_offset_min":...}]
void write_zones(JsonWriter& json, const MinuteColumns& columns);

}  // namespace activitytrack::server
