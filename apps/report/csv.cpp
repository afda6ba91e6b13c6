#include "csv.hpp"

#include <charconv>

namespace activitytrack::report {

CsvWriter& CsvWriter::field(std::string_view text) {
  if (!first_) out_ << ',';
  first_ = false;
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out_ << text;
    return *this;
  }
  out_ << '"';
  for (const char c : text) {
    if (c == '"') out_ << '"';
    out_ << c;
  }
  out_ << '"';
  return *this;
}

void CsvWriter::end_line() {
  out_ << "\r\n";
  first_ = true;
}

std::string number_text(double number) {
  char text[400];  // of the greatest double, in full
  const auto [end, error] = std::to_chars(text, text + sizeof text, number, std::chars_format::fixed);
  return error == std::errc() ? std::string(text, end) : std::string();
}

}  // namespace activitytrack::report
