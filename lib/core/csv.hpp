#pragma once

#include "core/event_fields.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// A field of CSV as RFC 4180 has it: in quotes if it holds a comma, a quote or a line's end. It is the data, exactly:
/// one that begins with "=" is not defused, for that would change what other programs read. Spreadsheets must import
/// such columns as text.
void append_csv_field(std::string& out, std::string_view text);

/// A line of such fields, which ends in CR LF.
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
void append_event_csv(std::string& out, const Event& event);

}  // namespace activitytrack
