#include "server/events/sqlite_columns.hpp"

#include <SQLiteCpp/Statement.h>

#include <type_traits>

namespace activitytrack::server {
namespace {

void bind_value(SQLite::Statement& to, int i, std::int64_t value) { to.bind(i, value); }
void bind_value(SQLite::Statement& to, int i, double value) { to.bind(i, value); }
void bind_value(SQLite::Statement& to, int i, bool value) { to.bind(i, value ? 1 : 0); }
void bind_value(SQLite::Statement& to, int i, const std::string& value) { to.bindNoCopy(i, value); }
void bind_value(SQLite::Statement& to, int i, Time value) { to.bind(i, to_micros(value)); }
void bind_value(SQLite::Statement& to, int i, Verdict value) { to.bindNoCopy(i, to_string(value).data()); }

void bind_value(SQLite::Statement& to, int i, const std::vector<std::string>& words) {
  words.empty() ? to.bind(i) : to.bind(i, words_to_text(words));
}

void bind_value(SQLite::Statement& to, int i, const InputMeasures& measures) {
  measures.empty() ? to.bind(i) : to.bindNoCopy(i, measures.json());
}

template <class T>
void bind_value(SQLite::Statement& to, int i, const std::optional<T>& value) {
  value ? bind_value(to, i, *value) : to.bind(i);
}

template <class T>
constexpr const char* sql_type() {
  if constexpr (std::is_same_v<T, double> || std::is_same_v<T, std::optional<double>>) return "REAL";
  if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, Verdict> ||
                std::is_same_v<T, std::vector<std::string>> || std::is_same_v<T, InputMeasures>) {
    return "TEXT";
  }
  return "INTEGER";
}

}  // namespace

std::string column_definition(const EventField& field) {
  const char* type = std::visit([]<class T>(T Event::*) { return sql_type<T>(); }, field.member);
  return std::string(field.name) + ' ' + type;
}

void bind_field(SQLite::Statement& statement, int index, const Event& event, const EventField& field) {
  std::visit([&](auto member) { bind_value(statement, index, event.*member); }, field.member);
}

}  // namespace activitytrack::server
