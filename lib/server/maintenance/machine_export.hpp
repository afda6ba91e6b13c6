#pragma once

#include "server/events/store.hpp"

#include <functional>

namespace activitytrack::server {

/// Writes all that is kept of a machine as JSON Lines, in bounded memory: {"machine":{...}}; {"event":{...}} for each
/// event, {"hour":{...}} for each hour and {"screenshot":{...}} for each screenshot, with the path of its picture, in
/// order of time; and {"audit":{...}} for each access to it or change of it, the newest first. Errors: not_found.
Result<void> export_machine(Store& store, const std::string& machine_id, Time now,
                            const std::function<void(std::string_view line)>& write);

}  // namespace activitytrack::server
