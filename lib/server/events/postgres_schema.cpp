#include "server/events/postgres_schema.hpp"

#include "server/database/database.hpp"
#include "server/database/postgres_connection.hpp"
#include "server/events/event_row.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <set>
#include <vector>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;
using std::chrono::months;
using std::chrono::year_month;

constexpr std::chrono::years kept_back{5}, kept_ahead{1};
constexpr auto try_again_after = 1min;

struct ColumnType {
  std::string_view sql;
  Oid oid;
  int alignment;  ///< in a row; texts need none
};

template <class Number>
bool fits(const EventField& field) {
  return field.min >= std::numeric_limits<Number>::min() && field.max <= std::numeric_limits<Number>::max();
}

ColumnType column_type(const EventField& field) {
  constexpr ColumnType bigint{"BIGINT", postgres_type::int8, 8};
  switch (stored_as(field)) {
    case StoredAs::integer:
      if (fits<std::int16_t>(field)) return {"SMALLINT", postgres_type::int2, 2};
      return fits<std::int32_t>(field) ? ColumnType{"INTEGER", postgres_type::int4, 4} : bigint;
    case StoredAs::time:
      return bigint;
    case StoredAs::real:
      return {"DOUBLE PRECISION", postgres_type::float8, 8};
    default:
      return {"TEXT", postgres_type::text, 1};
  }
}

// Hours are packed already, and never out of line: an attempt to compress them would be made at each update.
std::string create_machines_and_hours() {
  return "CREATE TABLE IF NOT EXISTS machines(id BIGINT PRIMARY KEY, machine_id TEXT COLLATE \"C\" NOT NULL," +
         std::string(columns_of_machines) +
         " WITH (fillfactor = 66);"
         "CREATE INDEX IF NOT EXISTS machines_by_machine_id ON machines(machine_id);" +
         std::string(create_hours) +
         " WITH (fillfactor = 66);"
         "ALTER TABLE hours ALTER COLUMN totals SET STORAGE PLAIN;";
}

/// The columns of events in the order in which a row takes the least room: wide numbers first, texts last.
std::string columns_of_events() {
  auto fields = stored_fields();
  std::ranges::stable_sort(fields, std::greater(),
                           [](const EventField* field) { return column_type(*field).alignment; });
  std::string columns;
  for (const EventField* field : fields) {
    if (!columns.empty()) columns += ", ";
    columns += std::string(field->name) + ' ' + std::string(column_type(*field).sql);
    if (field->required) columns += " NOT NULL";
  }
  return columns;
}

std::string create_events() {
  return "CREATE TABLE IF NOT EXISTS events(machine BIGINT NOT NULL, " + columns_of_events() +
         ", PRIMARY KEY(machine, timestamp)) PARTITION BY RANGE (timestamp);"
         "CREATE TABLE IF NOT EXISTS events_other PARTITION OF events DEFAULT;";
}

Result<void> add_missing_columns(PostgresConnection& connection) {
  const auto rows =
      connection.run_one({"SELECT attname::text FROM pg_attribute WHERE attrelid = 'events'::regclass AND attnum > 0 "
                          "AND NOT attisdropped"});
  if (!rows) return rows.error();
  std::set<std::string, std::less<>> present;
  for_each_row(*rows, [&](const PostgresRow& row) { present.emplace(row.text(0)); });
  std::string missing;
  for (const EventField* field : stored_fields()) {
    if (present.contains(field->name)) continue;
    missing += (missing.empty() ? "" : ", ") + ("ADD COLUMN " + std::string(field->name) + ' ') +
               std::string(column_type(*field).sql);
  }
  return missing.empty() ? Result<void>() : connection.execute("ALTER TABLE events " + missing);
}

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

std::string_view postgres_column_type(const EventField& field) { return column_type(field).sql; }

void add_field_array(std::span<const Event* const> events, const EventField& field, PostgresParameters& into) {
  static const Event bare;
  PostgresArray array(column_type(field).oid);
  const auto add = [&]<class T>(const T& value) {
    if constexpr (std::is_same_v<T, std::nullptr_t>)
      array.add_null();
    else
      array.add(value);
  };
  std::visit(
      [&](auto member) {
        for (const Event* event : events) {
          const bool is_default = event->*member == bare.*member && !field.required;
          is_default ? add(nullptr) : put_value(event->*member, add);
        }
      },
      field.member);
  std::move(array).finish(into);
}

Result<void> prepare_postgres_events(PostgresConnection& connection, int found) {
  if (found < schema_version) {
    if (auto made = connection.execute(create_machines_and_hours() + create_events()); !made) return made;
  }
  if (auto added = add_missing_columns(connection); !added) return added;
  return found < schema_version ? connection.execute(std::string(create_index_of_gaps)) : Result<void>();
}

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
