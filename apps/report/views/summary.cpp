#include "csv.hpp"
#include "html/html.hpp"
#include "text/units.hpp"
#include "totals_fields.hpp"
#include "views/views.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::report {
namespace {

/// The API's own answer for one day; for several an array of them.
void write_json(const Request& request, const std::vector<Day>& days, std::string Day::*json) {
  if (request.dates.one()) {
    request.out << days.front().*json << '\n';
    return;
  }
  request.out << '[';
  for (std::size_t i = 0; i < days.size(); ++i) request.out << (i ? ",\n" : "\n") << days[i].*json;
  request.out << "\n]\n";
}

using Fields = std::vector<std::pair<std::string_view, std::string>>;

Fields day_fields(const DayReport& day) {
  return {{"machine_id", day.machine_id}, {"date", format_date(day.date)}, {"timezone", day.timezone}};
}

void write_line(CsvWriter& csv, const Fields& fields, bool header) {
  for (const auto& [name, value] : fields) csv.field(header ? name : value);
}

/// A line of CSV, with the header before the first.
void write_row(CsvWriter& csv, const Fields& head, const Totals& totals, bool& header) {
  for (; true; header = false) {
    write_line(csv, head, header);
    write_line(csv, totals_fields(totals), header);
    csv.end_line();
    if (!header) return;
  }
}

void write_summary_csv(const Request& request, const std::vector<Day>& days) {
  CsvWriter csv(request.out);
  bool header = true;
  for (const Day& day : days) write_row(csv, day_fields(day.report), day.report.totals, header);
}

void write_timeline_csv(const Request& request, const std::vector<Day>& days) {
  CsvWriter csv(request.out);
  bool header = true;
  for (const Day& day : days) {
    for (const HourRow& row : day.report.hours) {
      Fields head = day_fields(day.report);
      head.emplace_back("start", format_timestamp(row.start, row.offset_min));
      head.emplace_back("hour", std::to_string(hour_of_day(row)));
      write_row(csv, head, row.totals, header);
    }
  }
}

}  // namespace

Result<void> run_summary(const Request& request) {
  const auto days = read_days(request);
  if (!days) return days.error();
  Screen screen(request.out, request.look);
  switch (request.format) {
    case Format::json:
      write_json(request, *days, &Day::summary_json);
      break;
    case Format::csv:
      write_summary_csv(request, *days);
      break;
    case Format::html:
      write_days_html(request, *days);
      break;
    case Format::table:
      if (request.dates.one())
        show_day(screen, request.machine, days->front().report);
      else
        show_days(screen, request.machine, *days);
  }
  return {};
}

Result<void> run_timeline(const Request& request) {
  const auto days = read_days(request);
  if (!days) return days.error();
  Screen screen(request.out, request.look);
  switch (request.format) {
    case Format::json:
      write_json(request, *days, &Day::timeline_json);
      break;
    case Format::csv:
      write_timeline_csv(request, *days);
      break;
    case Format::html:
      write_days_html(request, *days);
      break;
    case Format::table:
      for (std::size_t i = 0; i < days->size(); ++i) {
        if (i > 0) screen.line();
        show_timeline(screen, request.machine, (*days)[i].report);
      }
  }
  return {};
}

}  // namespace activitytrack::report
