#include "server/events/postgres_schema.hpp"

#include "server/database/schema.hpp"
#include "server/events/event_row.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace activitytrack::server {
namespace {

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

struct AddField {
  PostgresArray& array;

  void operator()(std::nullptr_t) const { array.add_null(); }
  void operator()(std::int64_t value) const { array.add(value); }
  void operator()(double value) const { array.add(value); }
  void operator()(std::string_view text) const { array.add(text); }
};

constexpr const char* machines_in_postgres =
    "CREATE TABLE IF NOT EXISTS machines("
    " id BIGINT PRIMARY KEY,"
    " machine_id TEXT COLLATE \"C\" NOT NULL,"
    " first_seen BIGINT NOT NULL,"
    " last_seen BIGINT NOT NULL,"
    " user_label TEXT,"
    " timezone TEXT NOT NULL DEFAULT '',"
    " timezone_at BIGINT NOT NULL DEFAULT 0,"  // timestamp of the event that timezone is from
    " agent_version TEXT, collect_interval_sec BIGINT, send_interval_sec BIGINT, capture TEXT,"
    " latest_event BIGINT NOT NULL DEFAULT 0, latest_is_idle BIGINT NOT NULL DEFAULT 0"
    ") WITH (fillfactor = 66);"
    "CREATE INDEX IF NOT EXISTS machines_by_machine_id ON machines(machine_id);";

constexpr const char* hours_in_postgres =
    "CREATE TABLE IF NOT EXISTS hours("
    " machine BIGINT NOT NULL,"
    " start BIGINT NOT NULL,"
    " offset_min SMALLINT NOT NULL,"
    " totals BYTEA NOT NULL,"
    " PRIMARY KEY(machine, start, offset_min)"
    ") WITH (fillfactor = 66);"
    // Packed already, and never out of line: an attempt to compress it would be made at each update.
    "ALTER TABLE hours ALTER COLUMN totals SET STORAGE PLAIN;";

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

}  // namespace

std::string_view postgres_column_type(const EventField& field) { return column_type(field).sql; }

void add_field_array(std::span<const Event* const> events, const EventField& field, PostgresParameters& into) {
  static const Event bare;
  PostgresArray array(column_type(field).oid);
  const AddField add{array};
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
    if (auto made = connection.execute(machines_in_postgres + create_events() + hours_in_postgres); !made) return made;
  }
  return add_missing_columns(connection);
}

}  // namespace activitytrack::server
