#pragma once

#include "text/screen.hpp"

#include <vector>

namespace activitytrack::report {

struct Column {
  std::string title;
  bool right = false;
  int least = 0;       ///< width that is kept even when nothing needs it
  bool grows = false;  ///< takes what the others leave; one column at most
};

/// What these columns and the gaps between them leave of a line: for a bar, which has at least 4.
int room_for_bar(const std::vector<Column>& columns, int line);

/// Rows whose columns stand under each other. The last is cut where the line is too short for all.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  void row(std::vector<Spans> cells) { rows_.push_back(std::move(cells)); }
  void print(Screen& screen) const;

 private:
  std::vector<int> widths(int line) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Spans>> rows_;
};

}  // namespace activitytrack::report
