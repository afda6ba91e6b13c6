#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace activitytrack::report {

/// Writes CSV as RFC 4180 has it: lines end in CR LF; a field with a comma, a quote or a line's end stands in
/// quotes. Fields are the data, exactly: one that begins with "=" is not defused, for that would change what
/// other programs read. Spreadsheets must import such columns as text.
class CsvWriter {
 public:
  explicit CsvWriter(std::ostream& out) : out_(out) {}

  CsvWriter& field(std::string_view text);
  void end_line();

 private:
  std::ostream& out_;
  bool first_ = true;
};

/// The shortest text that reads back as the same number, without an exponent.
std::string number_text(double number);
inline std::string number_text(std::int64_t number) { return std::to_string(number); }

/// "" for none.
template <class T>
std::string number_text(const std::optional<T>& number) {
  return number ? number_text(*number) : std::string();
}

}  // namespace activitytrack::report
