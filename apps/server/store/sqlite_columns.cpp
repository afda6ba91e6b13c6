#include "store/sqlite_columns.hpp"

#include "core/json_writer.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <type_traits>

namespace activitytrack::server {
namespace {

void bind_value(SQLite::Statement& to, int i, std::int64_t value) { to.bind(i, value); }
void bind_value(SQLite::Statement& to, int i, double value) { to.bind(i, value); }
void bind_value(SQLite::Statement& to, int i, bool value) { to.bind(i, value ? 1 : 0); }
void bind_value(SQLite::Statement& to, int i, const std::string& value) { to.bindNoCopy(i, value); }
void bind_value(SQLite::Statement& to, int i, Time value) { to.bind(i, to_micros(value)); }
void bind_value(SQLite::Statement& to, int i, Verdict value) { to.bind(i, std::string(to_string(value))); }

void bind_value(SQLite::Statement& to, int i, const std::vector<std::string>& words) {
  if (words.empty()) return to.bind(i);
  std::string json;
  JsonWriter writer(json);
  writer.begin_array();
  for (const auto& word : words) writer.value(word);
  writer.end_array();
  to.bind(i, json);
}

template <class T>
void bind_value(SQLite::Statement& to, int i, const std::optional<T>& value) {
  value ? bind_value(to, i, *value) : to.bind(i);
}

void read_value(const SQLite::Column& from, std::int64_t& value) { value = from.getInt64(); }
void read_value(const SQLite::Column& from, double& value) { value = from.getDouble(); }
void read_value(const SQLite::Column& from, bool& value) { value = from.getInt() != 0; }
void read_value(const SQLite::Column& from, std::string& value) { value = from.getString(); }
void read_value(const SQLite::Column& from, Time& value) { value = from_micros(from.getInt64()); }
void read_value(const SQLite::Column& from, Verdict& value) {
  value = parse_verdict(from.getText()).value_or(Verdict::none);
}

void read_value(const SQLite::Column& from, std::vector<std::string>& words) {
  boost::json::error_code error;
  const auto json = boost::json::parse(from.getText(), error);
  if (error || !json.is_array()) return;
  for (const auto& word : json.get_array()) {
    if (word.is_string()) words.emplace_back(word.get_string());
  }
}

template <class T>
void read_value(const SQLite::Column& from, std::optional<T>& value) {
  read_value(from, value.emplace());
}

template <class T>
constexpr const char* sql_type() {
  if constexpr (std::is_same_v<T, double> || std::is_same_v<T, std::optional<double>>) return "REAL";
  if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, Verdict> ||
                std::is_same_v<T, std::vector<std::string>>) {
    return "TEXT";
  }
  return "INTEGER";
}

}  // namespace

const std::vector<const EventField*>& stored_fields() {
  static const auto fields = [] {
    std::vector<const EventField*> stored;
    for (const EventField& field : event_fields()) {
      const auto* text = std::get_if<std::string Event::*>(&field.member);
      if (text && *text == &Event::machine_id) continue;
      const auto* time = std::get_if<Time Event::*>(&field.member);
      const bool is_key = time && *time == &Event::timestamp;
      stored.insert(is_key ? stored.begin() : stored.end(), &field);
    }
    return stored;
  }();
  return fields;
}

std::string stored_column_list() {
  std::string list;
  for (const EventField* field : stored_fields()) {
    if (!list.empty()) list += ", ";
    list += field->name;
  }
  return list;
}

std::string column_definition(const EventField& field) {
  const char* type = std::visit([]<class T>(T Event::*) { return sql_type<T>(); }, field.member);
  return std::string(field.name) + ' ' + type;
}

void bind_field(SQLite::Statement& statement, int index, const Event& event, const EventField& field) {
  std::visit([&](auto member) { bind_value(statement, index, event.*member); }, field.member);
}

void read_field(SQLite::Statement& statement, int index, Event& event, const EventField& field) {
  const SQLite::Column column = statement.getColumn(index);
  if (column.isNull()) return;
  std::visit([&](auto member) { read_value(column, event.*member); }, field.member);
}

std::int64_t to_micros(Time time) noexcept { return time.time_since_epoch().count(); }
Time from_micros(std::int64_t micros) noexcept { return Time(std::chrono::microseconds(micros)); }

}  // namespace activitytrack::server
