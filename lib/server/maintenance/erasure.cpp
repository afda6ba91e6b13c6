#include "server/maintenance/erasure.hpp"

#include "server/accounts/credentials.hpp"
#include "server/database/database.hpp"
#include "server/events/event_row.hpp"
#include "server/maintenance/hours_rebuild.hpp"
#include "server/maintenance/retention.hpp"
#include "server/screenshots/screenshots.hpp"

namespace activitytrack::server {
namespace {

/// Does a step in one transaction, unless the machine is not being erased any more: what there is then came anew.
template <class Step>
auto while_erased(Database& database, const std::string& machine_id, Step step) -> decltype(step()) {
  return transact(database, [&]() -> decltype(step()) {
    const auto erased = is_being_erased(database, machine_id);
    if (!erased) return erased.error();
    return *erased ? step() : decltype(step())();
  });
}

Result<void> need_kept(Database& database, const std::string& machine_id) {
  const auto kept = is_kept(database, machine_id);
  if (!kept) return kept.error();
  if (*kept) return {};
  return Error{ErrorCode::not_found, "there is no machine " + machine_id};
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

Result<bool> is_kept(Database& database, const std::string& machine_id) {
  return database.finds(
      "SELECT 1 FROM machines WHERE id = $1 AND machine_id = $2"
      " UNION ALL SELECT 1 FROM enrolled_machines WHERE machine_id = $2"
      " UNION ALL SELECT 1 FROM machine_credentials WHERE machine_id = $2 AND revoked_at IS NULL"
      " UNION ALL SELECT 1 FROM screenshots WHERE machine = $1 AND machine_id = $2 LIMIT 1",
      {machine_key(machine_id), machine_id});
}

Result<Kept> count_kept(Database& database, const std::string& machine_id) {
  if (auto found = need_kept(database, machine_id); !found) return found.error();
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
  if (auto found = need_kept(database, machine_id); !found) return found;
  const auto enrolled = database.execute("DELETE FROM enrolled_machines WHERE machine_id = $1", {machine_id});
  if (!enrolled) return enrolled;
  const auto forgotten =
      database.execute("DELETE FROM machines WHERE id = $1 AND machine_id = $2", {machine_key(machine_id), machine_id});
  if (!forgotten) return forgotten;
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
