#include "server/maintenance/erasure.hpp"

#include "server/accounts/credentials.hpp"
#include "server/events/event_row.hpp"
#include "server/maintenance/delete_rows.hpp"
#include "server/maintenance/hours_care.hpp"
#include "server/screenshots/pictures_care.hpp"

namespace activitytrack::server {
namespace {

/// False if it was told to stop before the end.
Result<bool> delete_all(Database& database, const std::string& machine_id, const Pause& pause) {
  for (const auto remove : {delete_events, delete_hours}) {
    while (true) {
      bool more = false;
      const auto removed = while_erased(database, machine_id, [&]() -> Result<std::int64_t> {
        const auto step = remove(database, machine_key(machine_id), Time::max());
        if (!step) return step.error();
        more = step->more;
        return step->rows;
      });
      if (!removed) return removed.error();
      if (!more) break;
      if (!pause(true)) return false;
    }
  }
  return true;
}

}  // namespace

Result<bool> is_kept(Database& database, const std::string& machine_id) {
  bool found = false;
  const auto read = database.run(
      "SELECT 1 FROM machines WHERE id = $1 AND machine_id = $2"
      " UNION ALL SELECT 1 FROM enrolled_machines WHERE machine_id = $2"
      " UNION ALL SELECT 1 FROM machine_credentials WHERE machine_id = $2 AND revoked_at IS NULL"
      " UNION ALL SELECT 1 FROM screenshots WHERE machine = $1 AND machine_id = $2 LIMIT 1",
      {machine_key(machine_id), machine_id}, [&](const SqlRow&) { found = true; });
  if (!read) return read.error();
  return found;
}

Result<void> begin_erasure(Database& database, const std::string& machine_id, Time now) {
  const auto kept = is_kept(database, machine_id);
  if (!kept) return kept.error();
  if (!*kept) return Error{ErrorCode::not_found, "there is no machine " + machine_id};
  const auto enrolled = database.run("DELETE FROM enrolled_machines WHERE machine_id = $1", {machine_id});
  if (!enrolled) return enrolled.error();
  const auto forgotten =
      database.run("DELETE FROM machines WHERE id = $1 AND machine_id = $2", {machine_key(machine_id), machine_id});
  if (!forgotten) return forgotten.error();
  // Last, as Database::transact() has it: it counts the accounts' change.
  const auto revoked = revoke_credentials(database, machine_id, now);
  if (!revoked) return revoked.error();
  const auto noted =
      database.run("INSERT INTO erasures(machine_id, asked_at) VALUES($1, $2) ON CONFLICT(machine_id) DO NOTHING",
                   {machine_id, to_micros(now)});
  if (!noted) return noted.error();
  return {};
}

Result<std::vector<std::string>> begun_erasures(Database& database) {
  std::vector<std::string> machines;
  const auto read = database.run("SELECT machine_id FROM erasures ORDER BY asked_at", {},
                                 [&](const SqlRow& row) { machines.emplace_back(row.text(0)); });
  if (!read) return read.error();
  return machines;
}

Result<std::int64_t> while_erased(Database& database, const std::string& machine_id,
                                  const std::function<Result<std::int64_t>()>& work) {
  std::int64_t rows = 0;
  const auto done = database.transact([&]() -> Result<void> {
    rows = 0;
    const auto erased = is_being_erased(database, machine_id);
    if (!erased) return erased.error();
    if (!*erased) return {};
    const auto worked = work();
    if (!worked) return worked.error();
    rows = *worked;
    return {};
  });
  if (!done) return done.error();
  return rows;
}

Result<bool> finish_erasure(Database& database, Screenshots& screenshots, const std::string& machine_id,
                            const Pause& pause) {
  // Events first: they do not wait for a bucket that is down.
  const auto deleted = delete_all(database, machine_id, pause);
  if (!deleted || !*deleted) return deleted;
  const auto erased = erase_pictures(screenshots, machine_id, pause);
  if (!erased || !*erased) return erased;
  // Of events that came meanwhile, the hours went and the events may not have.
  if (auto rebuilt = rebuild_hours(database, machine_id, Time{}); !rebuilt) return rebuilt.error();
  const auto done = database.run("DELETE FROM erasures WHERE machine_id = $1", {machine_id});
  if (!done) return done.error();
  return true;
}

}  // namespace activitytrack::server
