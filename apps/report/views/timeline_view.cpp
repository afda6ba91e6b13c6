#include "text/bars.hpp"
#include "text/table.hpp"
#include "text/units.hpp"
#include "views/views.hpp"

#include <algorithm>

namespace activitytrack::report {
namespace {

std::vector<Spans> cells_of(Spans label, const Totals& t, double whole, int bar, bool utf8) {
  if (t.events == 0) return {std::move(label)};
  std::vector<Spans> cells{std::move(label), activity_bar(t, whole, bar, utf8), {{duration_text(t.active_sec)}}};
  add_input_cells(cells, [&](const SummedField& row) { return t.sum(row); });
  cells.push_back({{percent_text(t.cpu.mean())}});
  return cells;
}

}  // namespace

void show_timeline(Screen& screen, const Machine& machine, const DayReport& day) {
  show_header(screen, machine, long_date(day.date) + "  " + zone_text(day));
  const bool with_offset = changes_offset(day), utf8 = screen.look().utf8;
  std::vector<Column> columns{{"Hour", false, with_offset ? 12 : 5}, {""}, {"Active", true, 10}};
  add_input_columns(columns);
  columns.push_back({"CPU", true, 4});
  const int bar = columns[1].least = room_for_bar(columns, screen.width());
  Table table(std::move(columns));
  for (const HourRow& row : day.hours) {
    std::string text = clock_text(row.start, row.offset_min);
    if (with_offset) text += " " + offset_text(row.offset_min);
    table.row(cells_of({{text}}, row.totals, 3600, bar, utf8));
  }
  table.row(cells_of({{"Total", Paint::title}}, day.totals, day.totals.observed_sec, bar, utf8));
  table.print(screen);
  screen.line(bar_legend(utf8));
}

}  // namespace activitytrack::report
