#include "core/json_writer.hpp"
#include "report/gaps.hpp"
#include "text/units.hpp"
#include "views/views.hpp"

#include <activitytrack/core/clock.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace activitytrack::report {
namespace {

/// HTML, and JSON: the API's own answer for one day; for several an array of them.
void write_documents(const Request& request, const std::vector<Day>& days) {
  if (request.format == Format::html) return write_days_html(request, days);
  if (request.format != Format::json) return;
  const bool one = request.dates.one();
  if (!one) request.out << "[\n";
  for (const Day& day : days) request.out << (&day == days.data() ? "" : ",\n") << day.json;
  request.out << (one ? "\n" : "\n]\n");
}

using Fields = std::vector<std::pair<std::string_view, std::string>>;

Fields day_fields(const DayReport& day, CsvText csv) {
  return {{"machine_id", csv_text(day.machine_id, csv)},
          {"date", format_date(day.date)},
          {"timezone", csv_text(day.timezone, csv)}};
}

std::string seconds(double value) { return number_text(rounded(value, 3)); }

std::string percent(const std::optional<double>& value) { return value ? number_text(rounded(*value, 2)) : ""; }

/// Totals as the API names and rounds them; what is not known is "".
Fields totals_fields(const Totals& t) {
  Fields fields{{"events", number_text(t.events)}};
  const auto add_sums = [&](bool of_input) {
    for (const SummedField& row : summed_fields)
      if (row.of_input() == of_input) fields.emplace_back(row.name, number_text(t.sum(row)));
  };
  add_sums(true);
  fields.insert(fields.end(), {{"observed_sec", seconds(t.observed_sec)},
                               {"active_sec", seconds(t.active_sec)},
                               {"idle_sec", seconds(t.idle_sec())},
                               {"scripted_sec", seconds(t.scripted_sec)},
                               {"first_activity", utc_text(t.first_activity)},
                               {"last_activity", utc_text(t.last_activity)},
                               {"cpu_percent_mean", percent(t.cpu.mean())},
                               {"cpu_percent_max", percent(t.cpu.max)},
                               {"ram_used_percent_mean", percent(t.ram.mean())},
                               {"ram_used_percent_max", percent(t.ram.max)},
                               {"disk_used_percent_mean", percent(t.disk.mean())},
                               {"disk_used_percent_max", percent(t.disk.max)}});
  add_sums(false);
  return fields;
}

/// What of an hour was not observed.
std::vector<UnobservedTime> gaps_of(const DayReport& day, const DayReport::HourRow& hour) {
  const auto next = std::ranges::upper_bound(day.hours, hour.start, {}, &DayReport::HourRow::start);
  const Time end = hour.start + std::chrono::hours(1);
  return gaps_within(day.gaps, {hour.start, next == day.hours.end() ? end : std::min(end, next->start)});
}

/// A line of CSV, with the header before the first.
void write_row(std::ostream& out, Fields fields, const Totals& totals, bool& header, const Fields& last = {}) {
  std::ranges::move(totals_fields(totals), std::back_inserter(fields));
  fields.insert(fields.end(), last.begin(), last.end());
  std::vector<std::string> names, values;
  for (auto& [name, value] : fields) names.emplace_back(name), values.push_back(std::move(value));
  if (std::exchange(header, false)) out << csv_line(names);
  out << csv_line(values);
}

void write_summary_csv(const Request& request, const std::vector<Day>& days) {
  bool header = true;
  for (const Day& day : days) write_row(request.out, day_fields(day.report, request.csv), day.report.totals, header);
}

/// How long each kind of gap lasted in the hour that begins there: "asleep 1200; clock 0".
std::string gaps_text(const DayReport& day, const DayReport::HourRow& hour) {
  std::map<Gap, Time::duration> lasted;
  for (const UnobservedTime& gap : gaps_of(day, hour)) lasted[gap.name] += gap.to - gap.from;
  std::vector<std::string> words;
  for (const auto& [name, time] : lasted)
    words.push_back(std::string(to_string(name)) + " " + seconds(std::chrono::duration<double>(time).count()));
  return words_text(words);
}

void write_timeline_csv(const Request& request, const std::vector<Day>& days) {
  bool header = true;
  for (const Day& day : days) {
    for (const DayReport::HourRow& row : day.report.hours) {
      Fields head = day_fields(day.report, request.csv);
      head.emplace_back("start", format_timestamp(row.start, row.offset_min));
      head.emplace_back("hour", std::to_string(hour_of_day(row)));
      write_row(request.out, std::move(head), row.totals, header, {{"gaps", gaps_text(day.report, row)}});
    }
  }
}

/// A table of totals over time: a label, a bar, the active time, and what was typed and clicked.
class TotalsTable {
 public:
  TotalsTable(Screen& screen, const Column& label, int active_width, const std::vector<Column>& more = {})
      : TotalsTable(screen, columns_of(screen, label, active_width, more)) {}

  /// `whole_sec` is the length of the whole bar.
  void row(Spans label, const Totals& t, double whole_sec, std::vector<Spans> more = {}) {
    std::vector<Spans> cells{std::move(label),
                             activity_bar(t, whole_sec, bar_, screen_.look().utf8),
                             {{t.events > 0 ? duration_text(t.active_sec) : "-"}}};
    add_input_cells(cells, [&](const SummedField& row) { return t.sum(row); });
    std::ranges::move(more, std::back_inserter(cells));
    table_.row(std::move(cells));
  }
  void empty_row(Spans label, std::string_view why) {
    table_.row({std::move(label), {{std::string(why), Paint::dim}}});
  }

  void print() const { table_.print(screen_); }

 private:
  TotalsTable(Screen& screen, std::vector<Column> columns)
      : screen_(screen), bar_(columns[1].least), table_(std::move(columns)) {}

  static std::vector<Column> columns_of(const Screen& screen, const Column& label, int active_width,
                                        const std::vector<Column>& more) {
    std::vector<Column> columns{label, {""}, {"Active", true, active_width}};
    add_input_columns(columns);
    columns.insert(columns.end(), more.begin(), more.end());
    columns[1].least = room_for_bar(columns, screen.width());
    return columns;
  }

  Screen& screen_;
  int bar_;
  Table table_;
};

void show_days(const Request& request, const std::vector<Day>& days) {
  Screen screen(request.out, request.look);
  show_header(screen, request.machine, dates_text(request.dates) + "  " + days.back().report.timezone);
  double longest = 0;
  for (const Day& day : days) longest = std::max(longest, day.report.totals.observed_sec);
  TotalsTable table(screen, {"Day", false, 10}, 11);
  for (const Day& day : days) table.row({{short_date(day.report.date)}}, day.report.totals, longest);
  const Totals sum = sum_of(days);
  table.row({{"Total", Paint::title}}, sum, sum.observed_sec);
  table.print();

  screen.line();
  screen.line(bar_legend(screen.look().utf8));
  if (const Spans system = system_line(sum, screen.width()); !system.empty()) screen.line(system);
}

const UnobservedTime& longest(const std::vector<UnobservedTime>& gaps) {
  return *std::ranges::max_element(gaps, {}, [](const UnobservedTime& gap) { return gap.to - gap.from; });
}

void show_gaps(Screen& screen, const DayReport& day) {
  if (day.gaps.empty()) return;
  screen.line();
  Table table({{"Not observed", false}, {"", false}, {"", true}});
  for (const UnobservedTime& gap : day.gaps) {
    const auto cells = gap_cells(day, gap);
    const std::string to = gap.from == gap.to ? "" : std::string(screen.glyph(" – ", " - ")) + cells[1];
    table.row({{{cells[0] + to}}, {{cells[2]}}, {{cells[3]}}});
  }
  table.print(screen);
}

void show_timeline(Screen& screen, const Machine& machine, const DayReport& day) {
  show_header(screen, machine, long_date(day.date) + "  " + zone_text(day));
  const bool with_offset = changes_offset(day);
  TotalsTable table(screen, {"Hour", false, with_offset ? 12 : 5}, 10, {{"CPU", true, 4}});
  const auto add = [&](Spans label, const Totals& totals, double whole_sec, std::string_view why_none = "") {
    if (totals.events == 0)
      table.empty_row(std::move(label), why_none);
    else
      table.row(std::move(label), totals, whole_sec, {{{percent_text(totals.cpu.mean())}}});
  };
  for (const DayReport::HourRow& row : day.hours) {
    std::string text = clock_text(row.start, row.offset_min);
    if (with_offset) text += " " + offset_text(row.offset_min);
    const auto gaps = gaps_of(day, row);
    add({{text}}, row.totals, 3600, gaps.empty() ? "" : to_string(longest(gaps).name));
  }
  add({{"Total", Paint::title}}, day.totals, day.totals.observed_sec);
  table.print();
  screen.line(bar_legend(screen.look().utf8));
  show_gaps(screen, day);
}

void show_timelines(const Request& request, const std::vector<Day>& days) {
  Screen screen(request.out, request.look);
  for (const Day& day : days) {
    if (&day != days.data()) screen.line();
    show_timeline(screen, request.machine, day.report);
  }
}

/// What of the days a format needs; `whole` is what a table and HTML do.
Want wanted(const Request& request, Want whole, Want listed) {
  const bool lists = request.format == Format::json || request.format == Format::csv;
  return lists ? listed : request.format == Format::html ? Want::hours : whole;
}

}  // namespace

Result<void> run_summary(const Request& request) {
  const Want of_table = request.dates.one() ? Want::hours : Want::totals;
  const auto days = request.source.days(request, wanted(request, of_table, Want::summaries));
  if (!days) return days.error();
  if (request.format == Format::csv) write_summary_csv(request, *days);
  if (request.format == Format::table && request.dates.one()) show_day(request, days->front().report);
  if (request.format == Format::table && !request.dates.one()) show_days(request, *days);
  write_documents(request, *days);
  return {};
}

Result<void> run_timeline(const Request& request) {
  const auto days = request.source.days(request, wanted(request, Want::hours, Want::timelines));
  if (!days) return days.error();
  if (request.format == Format::csv) write_timeline_csv(request, *days);
  if (request.format == Format::table) show_timelines(request, *days);
  write_documents(request, *days);
  return {};
}

}  // namespace activitytrack::report
