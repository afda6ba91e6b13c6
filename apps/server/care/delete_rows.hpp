#pragma once

#include "store/database.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::server {

/// How many rows one transaction removes: others wait no longer than for a group of events.
constexpr std::int64_t rows_a_step = 1000;

/// Removes the first rows_a_step events, or hours, of a machine (by machine_key()) that are from before
/// `before`. Gives how many it were: fewer means that no more are left.
Result<std::int64_t> delete_events(Database& database, std::int64_t machine, Time before);
Result<std::int64_t> delete_hours(Database& database, std::int64_t machine, Time before);

}  // namespace activitytrack::server
