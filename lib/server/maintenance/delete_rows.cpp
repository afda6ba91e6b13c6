#include "server/maintenance/delete_rows.hpp"

#include "server/events/event_row.hpp"

namespace activitytrack::server {
namespace {

/// Finds the last row of the step, and removes those up to it, with those of the same time. What comes in between
/// the two statements does no harm: it goes, or goes next time.
Result<Removed> delete_before(Database& database, std::string_view find, std::string_view remove, std::int64_t machine,
                              Time before) {
  if (before <= Time{}) return Removed{};
  std::int64_t end = to_micros(before);
  bool more = false;
  const auto found = database.run(find, {machine, end, rows_a_step - 1}, [&](const SqlRow& row) {
    end = row.integer(0) + 1;
    more = true;
  });
  if (!found) return found.error();
  const auto removed = database.run(remove, {machine, end});
  if (!removed) return removed.error();
  return Removed{*removed, more};
}

}  // namespace

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

}  // namespace activitytrack::server
