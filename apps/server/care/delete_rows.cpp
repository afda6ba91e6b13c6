#include "care/delete_rows.hpp"

#include "store/event_row.hpp"

namespace activitytrack::server {
namespace {

/// Finds the first row that shall stay for now, and removes those before it. What comes in between the two
/// statements does no harm: it goes, or goes next time.
Result<std::int64_t> delete_before(Database& database, std::string_view find, std::string_view remove,
                                   std::int64_t machine, Time before) {
  if (before <= Time{}) return std::int64_t{0};
  std::int64_t end = to_micros(before);
  const auto found =
      database.run(find, {machine, end, rows_a_step}, [&](const SqlRow& row) { end = row.integer(0); });
  if (!found) return found.error();
  return database.run(remove, {machine, end});
}

}  // namespace

Result<std::int64_t> delete_events(Database& database, std::int64_t machine, Time before) {
  return delete_before(database,
                       "SELECT timestamp FROM events WHERE machine = $1 AND timestamp < $2"
                       " ORDER BY timestamp LIMIT 1 OFFSET $3",
                       "DELETE FROM events WHERE machine = $1 AND timestamp < $2", machine, before);
}

Result<std::int64_t> delete_hours(Database& database, std::int64_t machine, Time before) {
  return delete_before(
      database, "SELECT start FROM hours WHERE machine = $1 AND start < $2 ORDER BY start LIMIT 1 OFFSET $3",
      "DELETE FROM hours WHERE machine = $1 AND start < $2", machine, before);
}

}  // namespace activitytrack::server
