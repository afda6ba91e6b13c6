#include "text/screen.hpp"
#include "text/units.hpp"
#include "views/views.hpp"

#include <algorithm>
#include <cmath>

namespace activitytrack::report {
namespace {

constexpr int screen_lines = 23;  // of 24: the prompt takes one
constexpr int column_gap = 3;

/// Cells that fill lines from top to bottom, then to the right.
class Grid {
 public:
  explicit Grid(int width)
      : columns_(width >= 180   ? 4
                 : width >= 120 ? 3
                 : width >= 60  ? 2
                                : 1),
        cell_((width - column_gap * (columns_ - 1)) / columns_) {}

  int columns() const { return columns_; }
  int cell() const { return cell_; }
  int lines(std::size_t cells) const { return (static_cast<int>(cells) + columns_ - 1) / columns_; }

  void print(Screen& screen, const std::vector<Spans>& cells) const {
    const auto lines = static_cast<std::size_t>(this->lines(cells.size()));
    for (std::size_t line = 0; line < lines; ++line) {
      Spans all;
      for (std::size_t at = line; at < cells.size(); at += lines) {
        if (at != line) all += {{std::string(column_gap, ' ')}};
        all += padded(cells[at], cell_);
      }
      screen.line(all);
    }
  }

 private:
  int columns_;
  int cell_;
};

std::string activity_span(const Screen& screen, const DayReport& day) {
  const Totals& t = day.totals;
  if (!t.first_activity || !t.last_activity) return "";
  return clock_text(*t.first_activity, offset_at(day, *t.first_activity)) + std::string(screen.glyph(" – ", " - ")) +
         clock_text(*t.last_activity, offset_at(day, *t.last_activity));
}

void show_active(Screen& screen, const DayReport& day) {
  const Totals& t = day.totals;
  const double share = t.observed_sec > 0 ? 100 * t.active_sec / t.observed_sec : 0;
  Spans line{{"Active   ", Paint::dim},
             {duration_text(t.active_sec), Paint::title},
             {" of " + duration_text(t.observed_sec) + ", " + percent_text(share) + "  ", Paint::dim}};
  const std::string span = activity_span(screen, day);
  const int cells = screen.width() - width_of(line) - (span.empty() ? 0 : display_width(span) + 2);
  if (cells >= 8) line += activity_bar(t, t.observed_sec, cells, screen.look().utf8);
  screen.line(line += {{span.empty() ? "" : "  " + span}});
}

bool any_scripted(const Totals& t) { return t.sum(&Event::scripted_count) > 0 || t.scripted_sec > 0; }

void show_input(Screen& screen, const Totals& t) {
  std::string genuine;
  for (const SummedField& row : summed_fields) {
    if (!row.of_input() || row.field == &Event::scripted_count) continue;
    genuine.append(genuine.empty() ? "" : "   ");
    const std::string unit = row.unit == SummedField::pixels ? "px " : "";
    genuine += counted(t.sum(row), unit + std::string(row.word), unit + std::string(row.caption));
  }
  screen.line({{"Input    ", Paint::dim}, {genuine}});
  if (!any_scripted(t)) return;
  screen.line({{"Scripted ", Paint::dim},
               {counted(t.sum(&Event::scripted_count), "input", "inputs"), Paint::scripted},
               {" look scripted, not counted; " + duration_text(t.scripted_sec) + " of nothing else", Paint::dim}});
}

std::string minutes_text(const Totals& t) {
  if (t.events == 0) return "";
  if (t.active_sec <= 0) return "idle";
  return t.active_sec < 59.5 ? duration_text(t.active_sec) : std::to_string(std::lround(t.active_sec / 60)) + " min";
}

Spans hour_cell(const DayReport::HourRow& row, bool with_offset, int width, bool utf8) {
  constexpr int active_width = 6, keys_width = 6;
  std::string label = clock_text(row.start, row.offset_min).substr(0, 2);
  if (with_offset) label += " " + offset_text(row.offset_min);
  const int cells = width - static_cast<int>(label.size()) - active_width - keys_width - 3;
  const Totals& t = row.totals;
  const std::int64_t keys = t.sum(&Event::key_count);
  const Paint paint = t.active_sec > 0 ? Paint::none : Paint::dim;
  Spans cell{{label + " ", Paint::dim}};
  cell += activity_bar(t, 3600, cells, utf8);
  cell += padded({{" " + minutes_text(t), paint}}, active_width + 1, true);
  return cell += padded({{keys > 0 ? " " + short_count(keys) : ""}}, keys_width + 1, true);
}

/// A day of more than 25 hours (the machine travelled) loses empty hours at its ends.
std::vector<DayReport::HourRow> hours_to_show(const DayReport& day) {
  auto first = day.hours.begin(), last = day.hours.end();
  const auto empty = [](const DayReport::HourRow& row) { return row.totals.events == 0; };
  while (last - first > 25 && empty(*first)) ++first;
  while (last - first > 25 && empty(*(last - 1))) --last;
  return {first, last};
}

/// Gives the number of lines.
int show_hours(Screen& screen, const DayReport& day, const Grid& grid) {
  const bool with_offset = changes_offset(day);
  std::vector<Spans> cells;
  for (const DayReport::HourRow& row : hours_to_show(day))
    cells.push_back(hour_cell(row, with_offset, grid.cell(), screen.look().utf8));
  const Spans titles = padded({{"active   keys", Paint::dim}}, grid.cell(), true);
  Spans head;
  for (int i = 0; i < grid.columns(); ++i) {
    if (i > 0) head += {{std::string(column_gap, ' ')}};
    head += titles;
  }
  screen.line(head);
  grid.print(screen, cells);
  return grid.lines(cells.size()) + 1;
}

void show_apps(Screen& screen, const Totals& t, const Grid& grid, int lines) {
  constexpr int name_width = 14, time_width = 11;
  const auto rows = top_apps(t, static_cast<std::size_t>(lines * grid.columns()));
  std::vector<Spans> cells;
  for (const AppRow& row : rows) {
    const double share = t.active_sec > 0 ? row.totals.active_sec / t.active_sec : 0;
    const bool utf8 = screen.look().utf8;
    Spans cell = padded({{fit(printable(row.app, utf8), name_width, utf8)}}, name_width + 1);
    cell += share_bar(share, grid.cell() - name_width - time_width - 1, Paint::low, utf8);
    cells.push_back(cell += padded({{duration_text(row.totals.active_sec)}}, time_width, true));
  }
  grid.print(screen, cells);
}

}  // namespace

void show_day(const Request& request, const DayReport& day) {
  Screen screen(request.out, request.look);
  show_header(screen, request.machine, long_date(day.date) + "  " + zone_text(day));
  if (day.totals.events == 0) {
    screen.line("Nothing was recorded on this day.");
    return;
  }
  show_active(screen, day);
  show_input(screen, day.totals);
  if (const Spans system = system_line(day.totals, screen.width()); !system.empty()) screen.line(system);
  const Grid grid(screen.width());
  const int above = show_hours(screen, day, grid);
  screen.line(bar_legend(screen.look().utf8));
  show_apps(screen, day.totals, grid, std::clamp(screen_lines - above - 6 - (any_scripted(day.totals) ? 1 : 0), 1, 4));
}

}  // namespace activitytrack::report
