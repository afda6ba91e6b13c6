#include "server/events/postgres_partitions.hpp"

#include "server/database/postgres_connection.hpp"
#include "server/events/event_row.hpp"

#include <cstdio>
#include <vector>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;
using std::chrono::months;
using std::chrono::year_month;

constexpr std::chrono::years kept_back{5}, kept_ahead{1};
constexpr auto try_again_after = 1min;

std::string partition_name(year_month month) {
  char name[32];
  std::snprintf(name, sizeof name, "events_%04d_%02u", static_cast<int>(month.year()),
                static_cast<unsigned>(month.month()));
  return name;
}

Time beginning(year_month month) { return Time(std::chrono::sys_days(month / 1)); }

std::string first_micros(year_month month) { return std::to_string(to_micros(beginning(month))); }

/// The lock on events_other keeps other servers from the same work, and from storing there what is about to
/// move.
std::string make_partition(year_month month) {
  const std::string name = partition_name(month), from = first_micros(month), to = first_micros(month + months(1));
  const std::string columns = "machine, " + stored_column_list();
  return "CREATE TABLE " + name + " (LIKE events INCLUDING DEFAULTS);" +
         "WITH moved AS (DELETE FROM events_other WHERE timestamp >= " + from + " AND timestamp < " + to +
         " RETURNING " + columns + ") INSERT INTO " + name + "(" + columns + ") SELECT " + columns + " FROM moved;" +
         "ALTER TABLE events ATTACH PARTITION " + name + " FOR VALUES FROM (" + from + ") TO (" + to + ")";
}

Result<bool> is_present(PostgresConnection& connection, year_month month) {
  PostgresParameters name;
  name.add(SqlValue(partition_name(month)));
  const auto found = connection.run_one({"SELECT to_regclass($1) IS NOT NULL", name});
  if (!found) return found.error();
  return PostgresRow(found->get(), 0).integer(0) != 0;
}

/// Another server may be at the same: who has the lock looks again.
Result<void> make(PostgresConnection& connection, year_month month) {
  if (const auto found = is_present(connection, month); !found || *found) return found ? Result<void>() : found.error();
  constexpr const char* begin =
      "BEGIN; SET LOCAL lock_timeout = '2s'; LOCK TABLE events_other IN ACCESS EXCLUSIVE MODE";
  if (auto begun = connection.execute(begin); !begun) return begun;
  const auto found = is_present(connection, month);
  if (!found) return found.error();
  return connection.execute((*found ? "" : make_partition(month) + ";") + "COMMIT");
}

constexpr std::string_view list_partitions =
    "SELECT relname::text FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid"
    " WHERE inhparent = 'events'::regclass AND relname ~ '^events_[0-9]{4}_[0-9]{2}$' ORDER BY relname";

year_month month_of_partition(const std::string& name) {
  int year = 0;
  unsigned month = 0;
  std::sscanf(name.c_str(), "events_%4d_%2u", &year, &month);
  return std::chrono::year(year) / std::chrono::month(month);
}

}  // namespace

year_month month_of(Time time) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time));
  return day.year() / day.month();
}

Result<void> PostgresPartitions::prepare(PostgresConnection& connection, const std::set<year_month>& months, Time now) {
  const year_month present_month = month_of(now);
  for (const year_month month : months) {
    if (month < present_month - kept_back || month > present_month + kept_ahead || present_.contains(month)) continue;
    const auto failed = failed_.find(month);
    if (failed != failed_.end() && now < failed->second + try_again_after && now >= failed->second) continue;
    if (make(connection, month)) {
      present_.insert(month);
      continue;
    }
    failed_[month] = now;
    if (auto ended = connection.execute("ROLLBACK"); !ended) return ended;
  }
  return {};
}

Result<void> drop_months_before(const std::string& url, Time before) {
  PostgresConnection connection(url);
  if (auto ready = connection.ready(); !ready) return ready;
  const auto found = connection.run_one({list_partitions});
  if (!found) return found.error();
  std::vector<std::string> old;
  for_each_row(*found, [&](const PostgresRow& row) {
    std::string partition(row.text(0));
    if (beginning(month_of_partition(partition) + months(1)) <= before) old.push_back(std::move(partition));
  });
  for (const std::string& partition : old) {
    auto dropped = connection.execute("BEGIN; SET LOCAL lock_timeout = '2s'; DROP TABLE " + partition + "; COMMIT");
    if (!dropped) return dropped;
  }
  return {};
}

}  // namespace activitytrack::server
