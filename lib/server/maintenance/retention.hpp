#pragma once

#include "server/database/database.hpp"
#include "server/events/admission.hpp"

#include <activitytrack/core/clock.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Removing what is too old, in small steps with rests between, so that nobody waits for it. A day's events go when the
// day, in UTC, ended longer ago than they are kept; their hours stay, so that summaries and timelines go on for as long
// as hours are kept.
//
// And erasing all that is kept of a machine: its events, hours, screenshots, answers to verdicts, label, credentials
// and enrolment. The audit log keeps that it happened, and who read or changed what before; and what a person may see
// is theirs, and stays.

namespace activitytrack::server {

struct Screenshots;

/// Called between two steps. After one that `worked`, waits a little. Returns false to stop: the work goes on another
/// time.
using Pause = std::function<bool(bool worked)>;

/// How many rows one transaction removes: others wait no longer than for a group of events.
constexpr std::int64_t rows_a_step = 1000;

/// What a step, or several, removed.
struct Removed {
  std::int64_t rows = 0;
  bool more = false;  ///< perhaps some are left
};

/// Calls `remove` until no more are left, or `pause` says to stop: then more are left. Adds up what it removed.
template <class Remove>
Result<Removed> in_steps(const Pause& pause, Remove remove) {
  Removed all;
  do {
    const Result<Removed> step = remove();
    if (!step) return step.error();
    all.rows += step->rows;
    all.more = step->more;
  } while (all.more && pause(true));
  return all;
}

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

/// Removes pictures, of a machine or ("") of all: `begin` marks up to `limit` of them as going and returns how many;
/// then all that are going are removed, wherever they are; and so on until none are left, unless `pause` stops it.
Result<Removed> remove_pictures(Screenshots& screenshots, std::string_view machine_id, const Pause& pause,
                                const std::function<Result<std::int64_t>(std::size_t limit)>& begin);

/// Removes pictures from before `before`. Returns how many.
Result<std::int64_t> remove_old_pictures(Screenshots& screenshots, Time before, const Pause& pause);

/// Ends removals that have begun, forgets what was announced more than a week ago and never sent, and removes
/// uploads that nobody awaits.
Result<void> sweep_pictures(Screenshots& screenshots, const Pause& pause);

struct Screenshots;

/// Whether there is anything of a machine.
Result<bool> is_kept(Database& database, const std::string& machine_id);

/// The ids of those that have sent something or are enrolled.
Result<std::vector<std::string>> known_machines(Database& database);

/// How much an erasure removes.
struct Kept {
  std::int64_t events = 0;
  std::optional<Time> first{}, last{};  ///< of the events
  std::int64_t screenshots = 0;
};

Result<Kept> count_kept(Database& database, const std::string& machine_id);

/// From here on nothing of the machine is shown, and its credential is good for nothing. What is kept of it
/// is removed by finish_erasure(). Errors: not_found. Within a transaction.
Result<void> begin_erasure(Database& database, const std::string& machine_id, Time now);

/// Machines whose erasure has begun and not ended.
Result<std::vector<std::string>> begun_erasures(Database& database);

/// Removes what is left; several may be at it. Events of the machine that arrive meanwhile may go too. False if it has
/// not ended: `pause` stopped it, or pictures may still come by addresses that were given out; those are removed later.
Result<bool> finish_erasure(Database& database, Screenshots& screenshots, const std::string& machine_id,
                            const Pause& pause);

/// The part of it that removes the machine's pictures, wherever they are. False if some stay for now: `pause` stopped
/// it, another process removes them, or they may still come.
Result<bool> erase_pictures(Screenshots& screenshots, const std::string& machine_id, const Pause& pause);

}  // namespace activitytrack::server
