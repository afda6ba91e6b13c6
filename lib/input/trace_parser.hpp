#pragma once

#include <activitytrack/input/input_source.hpp>

#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// Reads a trace from text that comes in pieces, cut anywhere. After an error, feed it nothing more.
class TraceParser {
 public:
  Result<void> feed(std::string_view piece);
  Result<std::vector<InputSample>> finish();

 private:
  struct Row;

  Result<void> take_line(std::string_view line);
  Result<void> take_row(const Row& row);
  void add_move(InputSample sample, const Row& row);
  Error error(std::string_view what) const;

  std::vector<InputSample> trace_;
  std::string partial_;  // a line whose end has not come yet
  std::size_t line_ = 0;
  std::int64_t last_us_ = 0;
  std::optional<bool> absolute_;  // which of move and rel this trace has
  bool has_position_ = false;
  double x_ = 0, y_ = 0;
  std::bitset<256> down_;
};

/// Reads a whole trace from text.
Result<std::vector<InputSample>> parse_trace(std::string_view csv);

}  // namespace activitytrack
