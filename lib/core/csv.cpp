#include "core/csv.hpp"

#include <activitytrack/core/clock.hpp>

#include <algorithm>
#include <charconv>

namespace activitytrack {
namespace {

std::string text_of(const std::string& text) { return text; }
std::string text_of(bool truth) { return truth ? "true" : "false"; }
std::string text_of(Time time) { return format_timestamp(time); }
std::string text_of(Verdict verdict) { return std::string(to_string(verdict)); }
std::string text_of(const std::optional<Gap>& gap) { return gap ? std::string(to_string(*gap)) : ""; }
std::string text_of(const std::vector<std::string>& words) { return words_text(words); }
std::string text_of(const InputMeasures& measures) { return measures.json(); }
template <class Number>
std::string text_of(const Number& number) {
  return number_text(number);
}

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

/// A line of what `text` gives for each field.
template <class Fields, class Text>
void append_line(std::string& out, const Fields& fields, Text text) {
  for (const auto& field : fields) {
    if (&field != fields.data()) out += ',';
    append_csv_field(out, text(field));
  }
  out += "\r\n";
}

/// Whether a spreadsheet takes a cell for a formula that begins as `text` does. Source: OWASP, "CSV Injection", which
/// names the wide forms of East Asian keyboards too.
bool begins_formula(std::string_view text) {
  constexpr std::string_view beginnings[] = {"=",  "+",      "-",      "@",      "\t",    "\r",
                                             "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};
  return std::ranges::any_of(beginnings, [&](std::string_view each) { return text.starts_with(each); });
}

}  // namespace

std::string csv_text(std::string_view text, CsvText form) {
  if (form == CsvText::raw) return std::string(text);
  // Where the comma is for decimals, spreadsheets part cells at semicolons, whatever the quotes around them.
  constexpr std::string_view separators = ";\t\r\n";
  std::string escaped;
  bool cell_begins = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (cell_begins && begins_formula(text.substr(i))) escaped += '\'';
    escaped += text[i];
    cell_begins = separators.find(text[i]) != separators.npos || (cell_begins && text[i] == '"');
  }
  return escaped;
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

void append_event_csv(std::string& out, const Event& event, CsvText form) {
  append_line(out, event_columns(), [&](const EventField& field) {
    const bool is_text = std::holds_alternative<std::string Event::*>(field.member) ||
                         std::holds_alternative<std::vector<std::string> Event::*>(field.member);
    return csv_text(field_text(event, field), is_text ? form : CsvText::raw);
  });
}

}  // namespace activitytrack
