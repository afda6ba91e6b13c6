#pragma once

#include "command.hpp"
#include "common/program.hpp"
#include "core/csv.hpp"
#include "text/screen.hpp"
#include "text/table.hpp"

#include <activitytrack/report/summary.hpp>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::report {

/// "id (label)" at the left, what at the right, a rule beneath.
void show_header(Screen& screen, const Machine& machine, const std::string& what);

/// Counts the events that are written, and shows at a terminal how far it is, if that is not where they go.
class WrittenEvents {
 public:
  explicit WrittenEvents(const Request& request);

  /// An error when the output has failed: the rest need not be read.
  Result<void> add(const Event& event);

 private:
  const std::ostream& out_;
  program::Progress progress_;
  std::size_t count_ = 0;
};

/// A day that fits 80 columns by 23 lines.
void show_day(const Request& request, const DayReport& day);

/// "CPU 23% max 78%", memory, disk, and what was read and written where there is room for it.
Spans system_line(const Totals& totals, int width);

/// "Keys", "Clicks", ...: what of summed_fields is of input, as columns.
void add_input_columns(std::vector<Column>& columns);
Spans input_cell(const SummedField& row, std::int64_t amount, Paint paint);

/// And the cells of a row, each with what `amount_of` returns for the field.
template <class AmountOf>
void add_input_cells(std::vector<Spans>& cells, AmountOf amount_of, Paint paint = Paint::none) {
  for (const SummedField& row : summed_fields)
    if (row.of_input()) cells.push_back(input_cell(row, amount_of(row), paint));
}

/// "Europe/Berlin", or "Europe/Berlin (clock changes +01:00 to +02:00)".
std::string zone_text(const DayReport& day);

/// Of the days that were asked for: the zone as asked, else the machine's, else "UTC".
std::string zone_of(const Request& request);

/// What the days add up to.
Totals sum_of(const std::vector<Day>& days);

/// "Monday, 15 January 2024", or "2024-01-15 to 2024-01-21".
std::string dates_text(const Dates& dates);

/// Each is one whole document that needs nothing else: no script, no network. It follows the reader's choice
/// of light or dark, prints well, and has a table with the numbers beneath each plot.
void write_days_html(const Request& request, const std::vector<Day>& days);
void write_apps_html(const Request& request, const Totals& totals);
void write_machines_html(const Request& request, const std::vector<Machine>& machines);

/// Written as the events come.
Result<void> write_events_html(const Request& request);

}  // namespace activitytrack::report
