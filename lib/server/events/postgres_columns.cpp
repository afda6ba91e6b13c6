#include "server/events/postgres_columns.hpp"

#include "server/events/event_row.hpp"

#include <algorithm>
#include <limits>

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

std::string postgres_event_columns() {
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

}  // namespace activitytrack::server
