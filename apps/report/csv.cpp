#include "csv.hpp"

namespace activitytrack::report {

CsvWriter& CsvWriter::field(std::string_view text) {
  if (!first_) out_ << ',';
  first_ = false;
  std::string quoted;
  append_csv_field(quoted, text);
  out_ << quoted;
  return *this;
}

void CsvWriter::end_line() {
  out_ << "\r\n";
  first_ = true;
}

}  // namespace activitytrack::report
