#include "text/bars.hpp"
#include "text/table.hpp"
#include "text/units.hpp"
#include "views/views.hpp"

#include <algorithm>

namespace activitytrack::report {
namespace {

constexpr int gaps = 2 * 7;

std::vector<Spans> cells_of(Spans label, const Totals& t, double whole, int bar, bool utf8) {
  return {std::move(label),
          activity_bar(t, whole, bar, utf8),
          {{t.events > 0 ? duration_text(t.active_sec) : "-"}},
          {{short_count(t.key_count)}},
          {{short_count(t.mouse_clicks)}},
          {{short_count(t.mouse_distance_px)}},
          {{short_count(t.scroll_count)}},
          {{short_count(t.scripted_count), t.scripted_count > 0 ? Paint::scripted : Paint::dim}}};
}

}  // namespace

void show_days(Screen& screen, const Machine& machine, const std::vector<Day>& days) {
  const DayReport& first = days.front().report;
  const DayReport& last = days.back().report;
  show_header(screen, machine, dates_text({first.date, last.date}) + "  " + last.timezone);
  const bool utf8 = screen.look().utf8;
  const int bar = std::max(4, screen.width() - 10 - 11 - 3 * 6 - 7 - 8 - gaps);
  double longest = 0;
  for (const Day& day : days) longest = std::max(longest, day.report.totals.observed_sec);

  Table table({{"Day", false, 10},
               {"", false, bar},
               {"Active", true, 11},
               {"Keys", true, 6},
               {"Clicks", true, 6},
               {"Pointer", true, 7},
               {"Scroll", true, 6},
               {"Scripted", true, 8}});
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
