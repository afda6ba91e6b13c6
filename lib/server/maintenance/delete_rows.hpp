#pragma once

#include "server/database/database.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::server {

/// How many rows one transaction removes: others wait no longer than for a group of events.
constexpr std::int64_t rows_a_step = 1000;

/// What a step removed.
struct Removed {
  std::int64_t rows = 0;
  bool more = false;  ///< perhaps some are left
};

/// Removes about the first rows_a_step events, or hours, of a machine (by machine_key()) that are from before `before`.
/// Several may be at it at once.
Result<Removed> delete_events(Database& database, std::int64_t machine, Time before);
Result<Removed> delete_hours(Database& database, std::int64_t machine, Time before);

}  // namespace activitytrack::server
