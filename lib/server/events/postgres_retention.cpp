#include "server/events/postgres_retention.hpp"

#include "server/database/postgres_connection.hpp"
#include "server/events/postgres_partitions.hpp"

#include <cstdio>
#include <vector>

namespace activitytrack::server {
namespace {

constexpr std::string_view list_months =
    "SELECT relname::text FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid"
    " WHERE inhparent = 'events'::regclass AND relname ~ '^events_[0-9]{4}_[0-9]{2}$' ORDER BY relname";

/// The first instant after the month of "events_2024_01".
Time end_of(const std::string& partition) {
  int year = 0;
  unsigned month = 0;
  std::sscanf(partition.c_str(), "events_%4d_%2u", &year, &month);
  const auto after = std::chrono::year(year) / std::chrono::month(month) + std::chrono::months(1);
  return Time(std::chrono::sys_days(after / 1));
}

}  // namespace

Result<void> drop_months_before(const std::string& url, Time before) {
  PostgresConnection connection(url);
  if (auto ready = connection.ready(); !ready) return ready;
  const PostgresParameters none;
  const auto found = connection.run({{list_months, none}});
  if (!found) return found.error().error;
  std::vector<std::string> old;
  for_each_row(found->front(), [&](const PostgresRow& row) {
    std::string partition(row.text(0));
    if (end_of(partition) <= before) old.push_back(std::move(partition));
  });
  for (const std::string& partition : old) {
    auto dropped = connection.execute("BEGIN; SET LOCAL lock_timeout = '2s'; DROP TABLE " + partition + "; COMMIT");
    if (!dropped) return dropped;
  }
  return {};
}

}  // namespace activitytrack::server
