#pragma once

#include "server/events/store.hpp"

#include <functional>

namespace activitytrack::server {

/// Writes all that is kept of a machine as JSON Lines, in bounded memory: {"machine":{...}}, then
/// {"event":{...}} for each event and
/// {"hour":{...}} for each hour, {"screenshot":{...}} for each screenshot, with the path of its picture, in order of
/// time, and {"audit":{...}} for who read or changed it, the newest first. not_found for an unknown machine.
Result<void> export_machine(Store& store, const std::string& machine_id, Time now,
                            const std::function<void(std::string_view line)>& write);

}  // namespace activitytrack::server
