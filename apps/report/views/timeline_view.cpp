#include "text/bars.hpp"
#include "text/table.hpp"
#include "text/units.hpp"
#include "views/views.hpp"

#include <algorithm>

namespace activitytrack::report {
namespace {

constexpr int gaps = 2 * 8;

std::vector<Spans> cells_of(Spans label, const Totals& t, double whole, int bar, bool utf8) {
  if (t.events == 0) return {std::move(label)};
  return {std::move(label),
          activity_bar(t, whole, bar, utf8),
          {{duration_text(t.active_sec)}},
          {{short_count(t.key_count)}},
          {{short_count(t.mouse_clicks)}},
          {{short_count(t.mouse_distance_px)}},
          {{short_count(t.scroll_count)}},
          {{short_count(t.scripted_count), t.scripted_count > 0 ? Paint::scripted : Paint::dim}},
          {{percent_text(t.cpu.mean())}}};
}

}  // namespace

void show_timeline(Screen& screen, const Machine& machine, const DayReport& day) {
  show_header(screen, machine, long_date(day.date) + "  " + zone_text(day));
  const bool with_offset = changes_offset(day), utf8 = screen.look().utf8;
  const int label = with_offset ? 12 : 5, time = 10;
  const int bar = std::max(4, screen.width() - label - time - 3 * 6 - 7 - 8 - 4 - gaps);
  Table table({{"Hour", false, label},
               {"", false, bar},
               {"Active", true, time},
               {"Keys", true, 6},
               {"Clicks", true, 6},
               {"Pointer", true, 7},
               {"Scroll", true, 6},
               {"Scripted", true, 8},
               {"CPU", true, 4}});
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
