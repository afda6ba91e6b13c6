#pragma once

#include "core/csv.hpp"

#include <ostream>
#include <string_view>

namespace activitytrack::report {

/// Writes CSV (core/csv.hpp); lines end in CR LF.
class CsvWriter {
 public:
  explicit CsvWriter(std::ostream& out) : out_(out) {}

  CsvWriter& field(std::string_view text);
  void end_line();

 private:
  std::ostream& out_;
  bool first_ = true;
};

}  // namespace activitytrack::report
