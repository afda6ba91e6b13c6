#include "views/views.hpp"

#include "report/hours.hpp"
#include "report/wall_clock.hpp"
#include "text/units.hpp"

#include <unistd.h>

#include <algorithm>

namespace activitytrack::report {

void show_header(Screen& screen, const Machine& machine, const std::string& what) {
  Spans left{{machine.machine_id, Paint::title}};
  if (!machine.label.empty()) left.push_back({" (" + machine.label + ")"});
  screen.line(left, {{what}});
  screen.rule();
}

WrittenEvents::WrittenEvents(const Request& request)
    : out_(request.out), progress_(&out_ != &program::standard_output() || !::isatty(STDOUT_FILENO)) {}

Result<void> WrittenEvents::add(const Event& event) {
  ++count_;
  progress_.show([&] {
    return std::to_string(count_) + " events written, up to " +
           format_date(date_at(event.timestamp, own_offset_min(event)));
  });
  return program::still_writable(out_);
}

namespace {

/// "read 5 MB, wrote 3 MB"
std::string bytes_line(const Totals& t, std::string_view SummedField::*word, const char* between) {
  std::string text;
  for (const SummedField& row : summed_fields) {
    if (row.of_input()) continue;
    text.append(text.empty() ? "" : between).append(row.*word) += " " + bytes_text(t.sum(row));
  }
  return text;
}

}  // namespace

Spans system_line(const Totals& t, int width) {
  if (!t.cpu.max && !t.ram.max && !t.disk.max) return {};
  Spans line{{"System   ", Paint::dim}};
  const auto add = [&](const char* name, const Totals::Percent& stats) {
    line += {{name + percent_text(stats.mean())}, {" max " + percent_text(stats.max) + "  ", Paint::dim}};
  };
  add("CPU ", t.cpu);
  add("RAM ", t.ram);
  add("disk ", t.disk);
  const int room = width - width_of(line);
  for (const std::string& text :
       {bytes_line(t, &SummedField::word, ", "), bytes_line(t, &SummedField::short_title, " ")}) {
    if (static_cast<int>(text.size()) > room) continue;
    line += {{text, Paint::dim}};
    break;
  }
  return line;
}

void add_input_columns(std::vector<Column>& columns) {
  constexpr std::size_t least = 6;
  for (const SummedField& row : summed_fields) {
    if (!row.of_input()) continue;
    columns.push_back({std::string(row.short_title), true, static_cast<int>(std::max(least, row.short_title.size()))});
  }
}

Spans input_cell(const SummedField& row, std::int64_t amount, Paint paint) {
  if (row.field == &Event::scripted_count) paint = amount > 0 ? Paint::scripted : Paint::dim;
  return {{short_count(amount), paint}};
}

std::string zone_text(const DayReport& day) {
  if (!changes_offset(day)) return day.timezone;
  return day.timezone + " (clock " + offset_text(day.hours.front().offset_min) + " to " +
         offset_text(day.hours.back().offset_min) + ")";
}

std::string zone_of(const Request& request) {
  const std::string& zone = request.zone.empty() ? request.machine.timezone : request.zone;
  return zone.empty() ? "UTC" : zone;
}

Totals sum_of(const std::vector<Day>& days) {
  Totals sum;
  for (const Day& day : days) sum.merge(day.report.totals);
  return sum;
}

std::string dates_text(const Dates& dates) {
  if (dates.one()) return long_date(dates.first);
  return format_date(dates.first) + " to " + format_date(dates.last);
}

}  // namespace activitytrack::report
