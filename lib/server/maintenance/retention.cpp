#include "server/maintenance/retention.hpp"

#include "server/accounts/audit.hpp"
#include "server/events/event_row.hpp"
#include "server/maintenance/hours_rebuild.hpp"
#include "server/screenshots/screenshots.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t pictures_a_step = 100;

/// An upload that nobody writes to for so long is not under way.
constexpr auto rests_after = 1h;
constexpr auto awaited_for = std::chrono::days(7);

/// Finds the last row of the step, and removes those up to it, with those of the same time. What comes in between
/// the two statements does no harm: it goes, or goes next time.
Result<Removed> delete_before(Database& database, std::string_view find, std::string_view remove, std::int64_t machine,
                              Time before) {
  if (before <= Time{}) return Removed{};
  const auto last =
      select_one(database, find, {machine, before, rows_a_step - 1}, [](const SqlRow& row) { return row.integer(0); });
  if (!last) return last.error();
  const auto removed = database.run(remove, {machine, *last ? **last + 1 : before});
  if (!removed) return removed.error();
  return Removed{*removed, last->has_value()};
}

/// Ends removals that have begun. False if `pause` stopped it before the end.
Result<bool> remove_going(Screenshots& screenshots, std::string_view machine_id, const Pause& pause) {
  while (true) {
    const auto rows = going_screenshots(screenshots.database, machine_id, screenshots.clock.now(), pictures_a_step);
    if (!rows) return rows.error();
    for (const ScreenshotRow& row : *rows) {
      if (auto done = screenshots.remove(row.shot); !done) return done.error();
      if (!pause(true)) return false;
    }
    if (rows->size() < pictures_a_step) return true;
  }
}

}  // namespace

Result<Time> events_kept_from(Database& database) {
  const auto from = select_number(database,
                                  "INSERT INTO server_state(name, value) VALUES('events_kept_from', 0)"
                                  " ON CONFLICT(name) DO UPDATE SET value = server_state.value RETURNING value");
  if (!from) return from.error();
  return from_micros(*from);
}

Result<void> note_events_kept_from(Database& database, Time before) {
  return database.execute(
      "INSERT INTO server_state(name, value) VALUES('events_kept_from', $1) ON CONFLICT(name) DO UPDATE SET"
      " value = CASE WHEN excluded.value > server_state.value THEN excluded.value ELSE server_state.value END",
      {before});
}

Time retention_cutoff(Time now, std::int64_t days) {
  if (days == 0) return Time{};
  return std::max(Time{}, Time(std::chrono::floor<std::chrono::days>(now) - std::chrono::days(days)));
}

Result<Removed> delete_events(Database& database, std::int64_t machine, Time before) {
  return delete_before(database,
                       "SELECT timestamp FROM events WHERE machine = $1 AND timestamp < $2"
                       " ORDER BY timestamp LIMIT 1 OFFSET $3",
                       "DELETE FROM events WHERE machine = $1 AND timestamp < $2", machine, before);
}

Result<Removed> delete_hours(Database& database, std::int64_t machine, Time before) {
  return delete_before(database,
                       "SELECT start FROM hours WHERE machine = $1 AND start < $2 ORDER BY start LIMIT 1 OFFSET $3",
                       "DELETE FROM hours WHERE machine = $1 AND start < $2", machine, before);
}

Result<std::int64_t> remove_old(Database& database, const Retention& retention, Time now, const Pause& pause) {
  const Time events_before = retention_cutoff(now, retention.event_days),
             hours_before = retention_cutoff(now, retention.hour_days),
             audit_before = retention_cutoff(now, retention.audit_days);
  if (events_before > Time{}) {
    if (auto noted = note_events_kept_from(database, events_before); !noted) return noted.error();
  }
  std::int64_t total = 0;
  bool stopped = false;
  const auto machines = each_machine(database, [&](const std::string& machine_id) -> Result<void> {
    if (stopped) return {};
    const auto machine = machine_key(machine_id);
    const auto events = in_steps(pause, [&] { return delete_events(database, machine, events_before); });
    if (!events) return events.error();
    const auto hours = in_steps(pause, [&] { return delete_hours(database, machine, hours_before); });
    if (!hours) return hours.error();
    total += events->rows;
    stopped = !pause(events->rows + hours->rows > 0);
    return {};
  });
  if (!machines) return machines.error();
  if (stopped) return total;
  const auto audit = in_steps(pause, [&]() -> Result<Removed> {
    const auto dropped = drop_old_audit(database, audit_before, rows_a_step);
    if (!dropped) return dropped.error();
    return Removed{*dropped, *dropped == rows_a_step};
  });
  if (!audit) return audit.error();
  return total;
}
Result<Removed> remove_pictures(Screenshots& screenshots, std::string_view machine_id, const Pause& pause,
                                const std::function<Result<std::int64_t>(std::size_t limit)>& begin) {
  Removed removed{.more = true};
  while (removed.more) {
    const auto begun = begin(pictures_a_step);
    if (!begun) return begun.error();
    removed.rows += *begun;
    const auto done = remove_going(screenshots, machine_id, pause);
    if (!done) return done.error();
    if (!*done) break;
    removed.more = *begun == std::int64_t{pictures_a_step};
  }
  return removed;
}

Result<std::int64_t> remove_old_pictures(Screenshots& screenshots, Time before, const Pause& pause) {
  const auto removed = remove_pictures(screenshots, "", pause, [&](std::size_t limit) {
    return begin_removal_of_old(screenshots.database, before, limit);
  });
  if (!removed) return removed.error();
  return removed->rows;
}

Result<void> sweep_pictures(Screenshots& screenshots, const Pause& pause) {
  const Time now = screenshots.clock.now();
  const auto removed = remove_pictures(screenshots, "", pause, [&](std::size_t limit) {
    return begin_removal_of_unsent(screenshots.database, now - awaited_for, limit);
  });
  if (!removed) return removed.error();
  for (const std::string& name : screenshots.uploads.left_since(now - rests_after)) {
    const auto picture = Uploads::parse_name(name);
    const auto awaited =
        picture ? is_wanted(screenshots.database, picture->first, picture->second) : Result<bool>(false);
    if (!awaited) return awaited.error();
    if (!*awaited) screenshots.uploads.remove(name);
  }
  for (const std::string& name : screenshots.uploads.left_since(now - awaited_for)) screenshots.uploads.remove(name);
  return {};
}

}  // namespace activitytrack::server
