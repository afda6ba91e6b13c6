#pragma once

#include "core/json_writer.hpp"
#include "report/minutes.hpp"
#include "server/events/store.hpp"

#include <string>

namespace activitytrack::server {

/// Adds a machine's events in `range`, a few at once. Returns how many there were.
Result<std::size_t> add_events(StoreReader& reader, const std::string& machine_id, TimeRange range,
                               MinuteColumns& columns);

/// An error of read_day(), of which an unknown zone is what `tz` is refused by.
Error wrong_zone(const Error& error);

/// "zones":[{"from":...,"timezone":...,"utc_offset_min":...}]
void write_zones(JsonWriter& json, const MinuteColumns& columns);

}  // namespace activitytrack::server
