#include "text/bars.hpp"
#include "text/table.hpp"
#include "text/units.hpp"
#include "views/views.hpp"

#include <algorithm>

namespace activitytrack::report {
namespace {

std::vector<Spans> cells_of(Spans label, const Totals& t, double whole, int bar, bool utf8) {
  std::vector<Spans> cells{
      std::move(label), activity_bar(t, whole, bar, utf8), {{t.events > 0 ? duration_text(t.active_sec) : "-"}}};
  add_input_cells(cells, [&](const SummedField& row) { return t.sum(row); });
  return cells;
}

}  // namespace

void show_days(Screen& screen, const Machine& machine, const std::vector<Day>& days) {
  const DayReport& first = days.front().report;
  const DayReport& last = days.back().report;
  show_header(screen, machine, dates_text({first.date, last.date}) + "  " + last.timezone);
  const bool utf8 = screen.look().utf8;
  double longest = 0;
  for (const Day& day : days) longest = std::max(longest, day.report.totals.observed_sec);

  std::vector<Column> columns{{"Day", false, 10}, {""}, {"Active", true, 11}};
  add_input_columns(columns);
  const int bar = columns[1].least = room_for_bar(columns, screen.width());
  Table table(std::move(columns));
  for (const Day& day : days)
    table.row(cells_of({{short_date(day.report.date)}}, day.report.totals, longest, bar, utf8));
  const Totals sum = sum_of(days);
  table.row(cells_of({{"Total", Paint::title}}, sum, sum.observed_sec, bar, utf8));
  table.print(screen);

  screen.line();
  screen.line(bar_legend(utf8));
  if (const Spans system = system_line(sum, screen.width()); !system.empty()) screen.line(system);
}

}  // namespace activitytrack::report
