#pragma once

#include "core/event_fields.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// How CSV holds text that came from outside. A spreadsheet takes a cell that begins with "=", "+", "-", "@", a tab or
/// a line's end for a formula, and a web page chooses the title of its window: `escaped` puts an apostrophe before it.
enum class CsvText { escaped, raw };
inline constexpr std::array<std::string_view, 2> csv_text_names{"escaped", "raw"};

/// Such a text as a field for csv_line(). Numbers, times and names of our own need it not: -3 stays a number.
std::string csv_text(std::string_view text, CsvText form);

/// A line of fields as RFC 4180 has it, which ends in CR LF: those that hold a comma, a quote or a line's end are in
/// quotes.
std::string csv_line(const std::vector<std::string>& fields);

/// The shortest text that reads back as the same number, without an exponent.
std::string number_text(double number);
inline std::string number_text(std::int64_t number) { return std::to_string(number); }

/// "" for none.
template <class T>
std::string number_text(const std::optional<T>& number) {
  return number ? number_text(*number) : std::string();
}

/// "word; a sentence"
std::string words_text(const std::vector<std::string>& words);

/// A field of an event as CSV shows it: times in UTC, words as in words_text(), "" for what is not known.
std::string field_text(const Event& event, const EventField& field);

/// The names of event_columns(), and an event's: each a line, which ends in CR LF.
void append_csv_header(std::string& out);
void append_event_csv(std::string& out, const Event& event, CsvText form);

}  // namespace activitytrack
