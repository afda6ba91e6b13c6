#include "core/csv.hpp"

#include <activitytrack/core/clock.hpp>

#include <charconv>

namespace activitytrack {
namespace {

std::string text_of(const std::string& text) { return text; }
std::string text_of(bool truth) { return truth ? "true" : "false"; }
std::string text_of(Time time) { return format_timestamp(time); }
std::string text_of(Verdict verdict) { return std::string(to_string(verdict)); }
std::string text_of(const std::vector<std::string>& words) { return words_text(words); }
std::string text_of(const InputMeasures& measures) { return measures.json(); }
template <class Number>
std::string text_of(const Number& number) {
  return number_text(number);
}

/// A line of what `text` gives for each field.
template <class Fields, class Text>
void append_line(std::string& out, const Fields& fields, Text text) {
  for (const auto& field : fields) {
    if (&field != fields.data()) out += ',';
    append_csv_field(out, text(field));
  }
  out += "\r\n";
}

}  // namespace

void append_csv_field(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  append_line(line, fields, [](const std::string& text) -> const std::string& { return text; });
  return line;
}

std::string number_text(double number) {
  char text[400];  // of the greatest double, in full
  const auto [end, error] = std::to_chars(text, text + sizeof text, number, std::chars_format::fixed);
  return error == std::errc() ? std::string(text, end) : std::string();
}

std::string words_text(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : "; ").append(word);
  return text;
}

std::string field_text(const Event& event, const EventField& field) {
  return std::visit([&](auto member) { return text_of(event.*member); }, field.member);
}

void append_csv_header(std::string& out) {
  append_line(out, event_columns(), [](const EventField& field) { return field.name; });
}

void append_event_csv(std::string& out, const Event& event) {
  append_line(out, event_columns(), [&](const EventField& field) { return field_text(event, field); });
}

}  // namespace activitytrack
