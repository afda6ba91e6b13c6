#include "text/table.hpp"

#include "text/display_width.hpp"

#include <algorithm>
#include <numeric>

namespace activitytrack::report {
namespace {

constexpr int gap = 2;
constexpr int narrowest = 8;  // of a column that grows

Spans cut(Spans cell, int columns, bool utf8) {
  // Cells too wide are text of one span: bars are made to measure.
  if (cell.size() == 1) cell[0].text = fit(printable(cell[0].text, utf8), columns, utf8);
  return cell;
}

}  // namespace

int room_for_bar(const std::vector<Column>& columns, int line) {
  int room = line - gap * (static_cast<int>(columns.size()) - 1);
  for (const Column& column : columns) room -= column.least;
  return std::max(4, room);
}

std::vector<int> Table::widths(int line) const {
  std::vector<int> widths;
  for (const Column& column : columns_) widths.push_back(std::max(column.least, display_width(column.title)));
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  const auto growing = std::ranges::find(columns_, true, &Column::grows);
  if (growing != columns_.end()) {
    int& width = widths[static_cast<std::size_t>(growing - columns_.begin())];
    const int others = std::accumulate(widths.begin(), widths.end(), 0) - width;
    const int room = line - others - gap * (static_cast<int>(columns_.size()) - 1);
    width = std::max(narrowest, std::min(width, room));
  }
  return widths;
}

void Table::print(Screen& screen) const {
  const std::vector<int> columns = widths(screen.width());
  const auto line = [&](const std::vector<Spans>& cells) {
    Spans all;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) all += {{std::string(gap, ' ')}};
      all += padded(cut(cells[i], columns[i], screen.look().utf8), columns[i], columns_[i].right);
    }
    screen.line(all);
  };
  std::vector<Spans> titles;
  for (const Column& column : columns_) titles.push_back({{column.title, Paint::dim}});
  line(titles);
  for (const auto& row : rows_) line(row);
}

}  // namespace activitytrack::report
