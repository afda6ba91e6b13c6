#include "server/screenshots/screenshot_totals.hpp"

namespace activitytrack::server {

Result<std::int64_t> screenshot_total(Database& database, std::int64_t machine) {
  std::int64_t bytes = 0;
  const auto read = database.run("SELECT bytes FROM screenshot_totals WHERE machine = $1", {machine},
                                 [&](const SqlRow& row) { bytes = row.integer(0); });
  if (!read) return read.error();
  return bytes;
}

Result<void> add_to_screenshot_total(Database& database, std::int64_t machine, std::int64_t bytes) {
  const auto added = database.run(
      "INSERT INTO screenshot_totals(machine, bytes) VALUES($1, $2)"
      " ON CONFLICT(machine) DO UPDATE SET bytes = screenshot_totals.bytes + excluded.bytes",
      {machine, bytes});
  if (!added) return added.error();
  if (bytes > 0) return {};
  const auto gone = database.run("DELETE FROM screenshot_totals WHERE machine = $1 AND bytes <= 0", {machine});
  if (!gone) return gone.error();
  return {};
}

}  // namespace activitytrack::server
