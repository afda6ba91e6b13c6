#include "text/table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace activitytrack::report {
namespace {

constexpr int between_columns = 2;
constexpr int narrowest_growing = 8;  // of a column that grows

Spans cut(Spans cell, int columns, bool utf8) {
  // Cells too wide are text of one span: bars are made to measure.
  if (cell.size() == 1) cell[0].text = fit(printable(cell[0].text, utf8), columns, utf8);
  return cell;
}

constexpr std::array eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

std::string repeated(std::string_view sign, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += sign;
  return text;
}

struct Solid {
  std::string text;
  int cells = 0;
};

/// Anything above nothing is seen.
Solid solid(double share, int cells, bool utf8) {
  if (share <= 0) return {};
  const int exact = std::max(1, static_cast<int>(std::lround(std::min(share, 1.0) * cells * 8)));
  if (!utf8) {
    const int whole = std::max(1, (exact + 4) / 8);
    return {repeated("#", whole), whole};
  }
  return {repeated("█", exact / 8) + eighths[static_cast<std::size_t>(exact % 8)], (exact + 7) / 8};
}

int whole_cells(double share, int cells, int room) {
  if (share <= 0) return 0;
  return std::min(room, std::max(1, static_cast<int>(std::lround(share * cells))));
}

Paint paint_of(double share) { return share < 1.0 / 3 ? Paint::low : share < 2.0 / 3 ? Paint::medium : Paint::high; }

}  // namespace

int room_for_bar(const std::vector<Column>& columns, int line) {
  int room = line - between_columns * (static_cast<int>(columns.size()) - 1);
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
    const int room = line - others - between_columns * (static_cast<int>(columns_.size()) - 1);
    width = std::max(narrowest_growing, std::min(width, room));
  }
  return widths;
}

void Table::print(Screen& screen) const {
  const std::vector<int> columns = widths(screen.width());
  const auto line = [&](const std::vector<Spans>& cells) {
    Spans all;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) all += {{std::string(between_columns, ' ')}};
      all += padded(cut(cells[i], columns[i], screen.look().utf8), columns[i], columns_[i].right);
    }
    screen.line(all);
  };
  std::vector<Spans> titles;
  for (const Column& column : columns_) titles.push_back({{column.title, Paint::dim}});
  line(titles);
  for (const auto& row : rows_) line(row);
}

Spans activity_bar(const Totals& totals, double whole_sec, int cells, bool utf8) {
  if (whole_sec <= 0 || cells <= 0) return padded({}, cells);
  const double active = totals.active_sec / whole_sec, scripted = totals.scripted_sec / whole_sec;
  const double idle = (totals.idle_sec() - totals.scripted_sec) / whole_sec;
  const Solid bar = solid(active, cells, utf8);
  int room = cells - bar.cells;
  const int scripted_cells = whole_cells(scripted, cells, room);
  room -= scripted_cells;
  const int idle_cells = whole_cells(idle, cells, room);
  return padded({{bar.text, paint_of(active)},
                 {repeated(utf8 ? "▒" : "x", scripted_cells), Paint::scripted},
                 {repeated(utf8 ? "·" : ".", idle_cells), Paint::idle}},
                cells);
}

Spans share_bar(double share, int cells, Paint paint, bool utf8) {
  return padded({{solid(share, cells, utf8).text, paint}}, cells);
}

Spans bar_legend(bool utf8) {
  return {
      {utf8 ? "█" : "#", Paint::medium},   {" active  ", Paint::dim},
      {utf8 ? "▒" : "x", Paint::scripted}, {" looks scripted (a lead, not proof: docs/genuine-input.md)  ", Paint::dim},
      {utf8 ? "·" : ".", Paint::idle},     {" idle", Paint::dim}};
}

}  // namespace activitytrack::report
