#pragma once

#include "server/database/database.hpp"
#include "server/maintenance/steps.hpp"

#include <activitytrack/core/clock.hpp>

// Removing what is too old. A day's events go when the day, in UTC, ended longer ago than they are kept;
// their hours stay, so that summaries and timelines go on for as long as hours are kept.

namespace activitytrack::server {

/// How many days things are kept; 0: for ever.
struct Retention {
  std::int64_t event_days = 0;
  std::int64_t hour_days = 0;
  std::int64_t audit_days = 0;
  std::int64_t screenshot_days = 0;

  friend bool operator==(const Retention&, const Retention&) = default;
};

/// The time before which events have been removed, or are being removed: hours that begin before it cannot be
/// made of events any more. Time{} if none were. It is the row `events_kept_from` of server_state.
/// In a transaction it holds the answer: what would raise it waits for the end.
Result<Time> events_kept_from(Database& database);

/// Raises it. To be called before the first event goes.
Result<void> note_events_kept_from(Database& database, Time before);

/// Midnight in UTC, `days` days before today; Time{} for 0, for ever.
Time retention_cutoff(Time now, std::int64_t days);

/// Removes about the first rows_a_step events, or hours, of a machine (by machine_key()) that are from before `before`.
/// Several may be at it at once.
Result<Removed> delete_events(Database& database, std::int64_t machine, Time before);
Result<Removed> delete_hours(Database& database, std::int64_t machine, Time before);

/// Removes what is older than `retention` says but for screenshots. Returns the number of events.
Result<std::int64_t> remove_old(Database& database, const Retention& retention, Time now, const Pause& pause);

}  // namespace activitytrack::server
