#include "server/maintenance/retention.hpp"

#include "server/accounts/audit.hpp"
#include "server/accounts/credentials.hpp"
#include "server/configuration/machine_states.hpp"
#include "server/configuration/versions.hpp"
#include "server/database/database.hpp"
#include "server/events/event_row.hpp"
#include "server/events/made_up.hpp"
#include "server/events/verdict_answers.hpp"
#include "server/maintenance/check.hpp"
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
  const auto removed = database.run(remove, {machine, *last ? **last + 1 : to_micros(before)});
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

/// Does a step in one transaction, unless the machine is not being erased any more: what there is then came anew.
template <class Step>
auto while_erased(Database& database, const std::string& machine_id, Step step) -> decltype(step()) {
  return transact(database, [&]() -> decltype(step()) {
    const auto erased = is_being_erased(database, machine_id);
    if (!erased) return erased.error();
    return *erased ? step() : decltype(step())();
  });
}

/// False if `pause` stopped it before the end.
Result<bool> erase_events(Database& database, const std::string& machine_id, const Pause& pause) {
  for (const auto remove : {delete_events, delete_hours}) {
    const auto removed = in_steps(pause, [&] {
      return while_erased(database, machine_id, [&] { return remove(database, machine_key(machine_id), Time::max()); });
    });
    if (!removed) return removed.error();
    if (removed->more) return false;
  }
  return true;
}

/// What no row knows of: a crash left it. False as above.
Result<bool> remove_unknown(Screenshots& screenshots, const std::string& machine_id, const Pause& pause) {
  std::vector<std::string> left;
  const auto listed = screenshots.pictures.list(path_segment(machine_id) + "/",
                                                [&](const std::string& path, std::int64_t) -> Result<void> {
                                                  left.push_back(path);
                                                  return {};
                                                });
  if (!listed) return listed.error();
  for (const std::string& path : left) {
    const auto erased = is_being_erased(screenshots.database, machine_id);
    if (!erased) return erased.error();
    if (!*erased) return true;  // by another, and the machine may send anew
    if (auto gone = screenshots.pictures.remove(path); !gone) return gone.error();
    if (!pause(true)) return false;
  }
  return true;
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
    const auto answers = delete_verdict_answers(database, machine_id, events_before);
    if (!answers) return answers.error();
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

Result<bool> is_kept(Database& database, const std::string& machine_id) {
  return database.finds(
      "SELECT 1 FROM machines WHERE id = $1 AND machine_id = $2"
      " UNION ALL SELECT 1 FROM enrolled_machines WHERE machine_id = $2"
      " UNION ALL SELECT 1 FROM machine_credentials WHERE machine_id = $2 AND revoked_at IS NULL"
      " UNION ALL SELECT 1 FROM screenshots WHERE machine = $1 AND machine_id = $2 LIMIT 1",
      {machine_key(machine_id), machine_id});
}

Result<std::vector<std::string>> known_machines(Database& database) {
  return select_texts(database, "SELECT machine_id FROM machines UNION SELECT machine_id FROM enrolled_machines");
}

Result<Kept> count_kept(Database& database, const std::string& machine_id) {
  const auto machine = machine_key(machine_id);
  const auto events =
      select_one(database, "SELECT count(*), min(timestamp), max(timestamp) FROM events WHERE machine = $1", {machine},
                 [](const SqlRow& row) {
                   return Kept{.events = row.integer(0), .first = row.time_if_any(1), .last = row.time_if_any(2)};
                 });
  if (!events) return events.error();
  const auto screenshots = select_number(
      database, "SELECT count(*) FROM screenshots WHERE machine = $1 AND machine_id = $2", {machine, machine_id});
  if (!screenshots) return screenshots.error();
  Kept kept = **events;
  kept.screenshots = *screenshots;
  return kept;
}

Result<void> begin_erasure(Database& database, const std::string& machine_id, Time now) {
  const auto kept = is_kept(database, machine_id);
  if (!kept) return kept.error();
  if (!*kept) return Error{ErrorCode::not_found, "there is no machine " + machine_id};
  const auto enrolled = database.execute("DELETE FROM enrolled_machines WHERE machine_id = $1", {machine_id});
  if (!enrolled) return enrolled;
  const auto forgotten =
      database.execute("DELETE FROM machines WHERE id = $1 AND machine_id = $2", {machine_key(machine_id), machine_id});
  if (!forgotten) return forgotten;
  if (auto unmarked = unmark_made_up(database, "machine", machine_id); !unmarked) return unmarked;
  if (auto unconfigured = forget_machine(database, machine_id); !unconfigured) return unconfigured;
  // Last, as Database::transact() has it: it counts the accounts' change.
  const auto revoked = revoke_credentials(database, machine_id, now);
  if (!revoked) return revoked.error();
  return database.execute(
      "INSERT INTO erasures(machine_id, asked_at) VALUES($1, $2) ON CONFLICT(machine_id) DO NOTHING",
      {machine_id, now});
}

Result<std::vector<std::string>> begun_erasures(Database& database) {
  return select_texts(database, "SELECT machine_id FROM erasures ORDER BY asked_at");
}

Result<bool> finish_erasure(Database& database, Screenshots& screenshots, const std::string& machine_id,
                            const Pause& pause) {
  // Events first: they do not wait for a bucket that is down.
  const auto deleted = erase_events(database, machine_id, pause);
  if (!deleted || !*deleted) return deleted;
  const auto erased = erase_pictures(screenshots, machine_id, pause);
  if (!erased || !*erased) return erased;
  // Of events that came meanwhile, the hours went and the events may not have.
  if (auto rebuilt = rebuild_hours(database, machine_id, Time{}); !rebuilt) return rebuilt.error();
  // Another server may have written down what the agent said a moment before.
  if (auto said = forget_machine_state(database, machine_id); !said) return said.error();
  const auto answers =
      while_erased(database, machine_id, [&] { return delete_verdict_answers(database, machine_id, Time::max()); });
  if (!answers) return answers.error();
  const auto done = database.execute("DELETE FROM erasures WHERE machine_id = $1", {machine_id});
  if (!done) return done.error();
  return true;
}

Result<bool> erase_pictures(Screenshots& screenshots, const std::string& machine_id, const Pause& pause) {
  Database& database = screenshots.database;
  const auto removed = remove_pictures(screenshots, machine_id, pause, [&](std::size_t limit) {
    return while_erased(database, machine_id, [&] { return begin_removal_of_all(database, machine_id, limit); });
  });
  if (!removed) return removed.error();
  if (removed->more) return false;
  const auto left = every_screenshot(database, machine_id, std::nullopt, 1);
  if (!left) return left.error();
  if (!left->empty()) return false;
  return remove_unknown(screenshots, machine_id, pause);
}

}  // namespace activitytrack::server
