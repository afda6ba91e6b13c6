#include "server/events/postgres_schema.hpp"

#include "server/database/schema.hpp"
#include "server/events/event_row.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace activitytrack::server {
namespace {

template <class T>
struct Inner {
  using type = T;
};
template <class T>
struct Inner<std::optional<T>> {
  using type = T;
};

template <class Number>
bool fits(const EventField& field) {
  return field.min >= std::numeric_limits<Number>::min() && field.max <= std::numeric_limits<Number>::max();
}

Oid element_type(const EventField& field) {
  return std::visit(
      [&]<class T>(T Event::*) -> Oid {
        using Value = typename Inner<T>::type;
        if constexpr (std::is_same_v<Value, double>) return postgres_type::float8;
        if constexpr (std::is_same_v<Value, bool>) return postgres_type::int2;
        if constexpr (std::is_same_v<Value, Time>) return postgres_type::int8;
        if constexpr (std::is_same_v<Value, std::int64_t>) {
          if (fits<std::int16_t>(field)) return postgres_type::int2;
          return fits<std::int32_t>(field) ? postgres_type::int4 : postgres_type::int8;
        }
        return postgres_type::text;
      },
      field.member);
}

void put(PostgresArray& array, std::int64_t value) { array.add(value); }
void put(PostgresArray& array, double value) { array.add(value); }
void put(PostgresArray& array, bool value) { array.add(std::int64_t{value}); }
void put(PostgresArray& array, const std::string& value) { array.add(std::string_view(value)); }
void put(PostgresArray& array, Time value) { array.add(to_micros(value)); }
void put(PostgresArray& array, Verdict value) { array.add(to_string(value)); }
void put(PostgresArray& array, const std::vector<std::string>& words) {
  array.add(std::string_view(words_to_text(words)));
}
void put(PostgresArray& array, const InputMeasures& measures) { array.add(std::string_view(measures.json())); }
template <class T>
void put(PostgresArray& array, const std::optional<T>& value) {
  put(array, *value);
}

/// How much a value must be aligned in a row: texts need no alignment.
int alignment(const EventField& field) {
  switch (element_type(field)) {
    case postgres_type::int8:
    case postgres_type::float8:
      return 8;
    case postgres_type::int4:
      return 4;
    case postgres_type::int2:
      return 2;
    default:
      return 1;
  }
}

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
  std::ranges::stable_sort(fields, std::greater(), [](const EventField* field) { return alignment(*field); });
  std::string columns;
  for (const EventField* field : fields) {
    if (!columns.empty()) columns += ", ";
    columns += std::string(field->name) + ' ' + std::string(postgres_column_type(*field));
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
      connection.run({{"SELECT attname::text FROM pg_attribute WHERE attrelid = 'events'::regclass"
                       " AND attnum > 0 AND NOT attisdropped",
                       PostgresParameters()}});
  if (!rows) return rows.error().error;
  std::set<std::string, std::less<>> present;
  for_each_row(rows->front(), [&](const PostgresRow& row) { present.emplace(row.text(0)); });
  std::string missing;
  for (const EventField* field : stored_fields()) {
    if (present.contains(field->name)) continue;
    missing += (missing.empty() ? "" : ", ") + ("ADD COLUMN " + std::string(field->name) + ' ') +
               std::string(postgres_column_type(*field));
  }
  return missing.empty() ? Result<void>() : connection.execute("ALTER TABLE events " + missing);
}

}  // namespace

std::string_view postgres_column_type(const EventField& field) {
  switch (element_type(field)) {
    case postgres_type::int8:
      return "BIGINT";
    case postgres_type::float8:
      return "DOUBLE PRECISION";
    case postgres_type::int4:
      return "INTEGER";
    case postgres_type::int2:
      return "SMALLINT";
    default:
      return "TEXT";
  }
}

void add_field_array(std::span<const Event* const> events, const EventField& field, PostgresParameters& into) {
  static const Event bare;
  PostgresArray array(element_type(field));
  std::visit(
      [&](auto member) {
        for (const Event* event : events) {
          const bool is_default = event->*member == bare.*member && !field.required;
          is_default ? array.add_null() : put(array, event->*member);
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
