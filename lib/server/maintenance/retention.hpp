#pragma once

#include "server/maintenance/erasure.hpp"

#include <cstdint>

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
/// made of events any more. Time{} if none were.
/// In a transaction it holds the answer: what would raise it waits for the end.
Result<Time> events_kept_from(Database& database);

/// Raises it. To be called before the first event goes.
Result<void> note_events_kept_from(Database& database, Time before);

/// Midnight in UTC, `days` days before today; Time{} for 0, for ever.
Time retention_cutoff(Time now, std::int64_t days);

/// Removes what is older than `retention` says but for screenshots, in small steps. Gives the number of events.
Result<std::int64_t> remove_old(Database& database, const Retention& retention, Time now, const Pause& pause);

}  // namespace activitytrack::server
