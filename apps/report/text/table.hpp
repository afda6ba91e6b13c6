#pragma once

#include "text/screen.hpp"

#include <activitytrack/report/summary.hpp>

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

/// `cells` columns for `whole_sec` of time: active time to an eighth of a cell, coloured by how much of
/// the whole it is, then scripted, then idle, then space for what was not observed.
Spans activity_bar(const Totals& totals, double whole_sec, int cells, bool utf8);

/// `share` of `cells` columns, padded to them.
Spans share_bar(double share, int cells, Paint paint, bool utf8);

/// What the signs of activity_bar() mean.
Spans bar_legend(bool utf8);

}  // namespace activitytrack::report
