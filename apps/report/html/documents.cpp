#include "command.hpp"
#include "core/event_fields.hpp"
#include "html/charts.hpp"
#include "html/page.hpp"
#include "text/units.hpp"
#include "views/views.hpp"

#include <activitytrack/core/clock.hpp>

#include <algorithm>
#include <cmath>

namespace activitytrack::report {
namespace {

std::string name_of(const Machine& machine) {
  return machine.label.empty() ? machine.machine_id : machine.machine_id + " (" + machine.label + ")";
}

std::string card(const std::string& value, const std::string& name) {
  return "<div class=\"card\"><b>" + escaped(value) + "</b><span>" + escaped(name) + "</span></div>\n";
}

std::string percent_card(const Totals::Percent& stats, const std::string& name) {
  return card(percent_text(stats.mean()), stats.max ? name + ", at most " + percent_text(stats.max) : name);
}

/// "27,042"; "318 k px"; "113 MB".
std::string sum_card(const Totals& totals, const SummedField& row) {
  const std::int64_t sum = totals.sum(row);
  return card(row.unit == SummedField::pixels ? short_count(sum) + " px" : amount_text(sum, row.unit),
              std::string(row.caption));
}

void write_cards(Page& page, const Totals& t) {
  page.html("<div class=\"cards\">\n");
  page.html(card(duration_text(t.active_sec), "active"));
  page.html(card(duration_text(std::max(0.0, t.idle_sec() - t.scripted_sec)), "idle"));
  page.html(card(duration_text(t.scripted_sec), "nothing but what looks scripted"));
  for (const SummedField& row : summed_fields)
    if (row.of_input()) page.html(sum_card(t, row));
  page.html(percent_card(t.cpu, "CPU"));
  page.html(percent_card(t.ram, "memory"));
  page.html(percent_card(t.disk, "disk used"));
  for (const SummedField& row : summed_fields)
    if (!row.of_input()) page.html(sum_card(t, row));
  page.html("</div>\n");
  if (t.sum(&Event::scripted_count) > 0 || t.scripted_sec > 0) page.scripted_note();
}

using Cells = std::vector<std::string>;

/// What stands before and after the machine's load, in the titles and in each row.
template <class Text>
Cells with_sums(Cells cells, const Cells& load, Text text_of_sum) {
  for (const bool of_input : {true, false}) {
    for (const SummedField& row : summed_fields)
      if (row.of_input() == of_input) cells.push_back(text_of_sum(row));
    if (of_input) cells.insert(cells.end(), load.begin(), load.end());
  }
  return cells;
}

void write_table(Page& page, const std::string& caption, const std::string& first, const std::vector<Slot>& slots) {
  const Cells titles = with_sums({first, "Active", "Idle", "Scripted"}, {"CPU", "Memory"},
                                 [](const SummedField& row) { return std::string(row.title); });
  page.begin_table(caption, titles);
  for (const Slot& slot : slots) {
    const Totals& t = *slot.totals;
    Cells cells{slot.full_label};
    if (t.events > 0) {
      cells = with_sums({slot.full_label, duration_text(t.active_sec),
                         duration_text(std::max(0.0, t.idle_sec() - t.scripted_sec)), duration_text(t.scripted_sec)},
                        {percent_text(t.cpu.mean()), percent_text(t.ram.mean())},
                        [&](const SummedField& row) { return amount_text(t.sum(row), row.unit); });
    }
    cells.resize(titles.size());
    page.row(cells);
  }
  page.end_table();
}

void write_apps(Page& page, const Totals& totals) {
  const auto rows = top_apps(totals);
  if (rows.empty()) return;
  page.figure("Applications", apps_chart(rows, totals.active_sec));
  page.begin_table("Applications", {"Application", "Active", "Keys"});
  for (const AppRow& row : rows)
    page.row({row.app, duration_text(row.totals.active_sec), count_text(row.totals.key_count)});
  page.end_table();
}

std::vector<Slot> hour_slots(const DayReport& day) {
  const bool with_offset = changes_offset(day);
  std::vector<Slot> slots;
  for (const DayReport::HourRow& row : day.hours) {
    const std::string time = clock_text(row.start, row.offset_min);
    slots.push_back({time.substr(0, 2), with_offset ? time + " " + offset_text(row.offset_min) : time, &row.totals});
  }
  return slots;
}

void write_gaps(Page& page, const DayReport& day) {
  if (day.gaps.empty()) return;
  page.figure("Not observed", gap_strip(day), gap_legend(day));
  page.begin_table("Not observed", {"From", "To", "Why", "For"});
  for (const UnobservedTime& gap : day.gaps) page.row(gap_cells(day, gap));
  page.end_table();
}

void write_hours(Page& page, const DayReport& day) {
  const auto slots = hour_slots(day);
  page.figure("The hours of the day", time_chart(slots, 3600), time_legend());
  page.figure("Keys and clicks in each hour", input_chart(slots), input_legend());
}

void write_one_day(const Request& request, const DayReport& day) {
  Page page(request.out, name_of(request.machine), long_date(day.date) + " – " + zone_text(day));
  if (day.totals.events == 0) {
    page.html("<p>Nothing was recorded on this day.</p>\n");
    write_gaps(page, day);
    return;
  }
  write_cards(page, day.totals);
  write_hours(page, day);
  write_gaps(page, day);
  write_apps(page, day.totals);
  write_table(page, "Hour by hour", "Hour", hour_slots(day));
}

void write_several_days(const Request& request, const std::vector<Day>& days) {
  Page page(request.out, name_of(request.machine), dates_text(request.dates) + " – " + days.back().report.timezone);
  const Totals sum = sum_of(days);
  std::vector<Slot> slots;
  double longest = 3600;
  for (const auto& [report, json] : days) {
    slots.push_back(
        {std::to_string(static_cast<unsigned>(report.date.day())), format_date(report.date), &report.totals});
    longest = std::max(longest, report.totals.observed_sec);
  }
  write_cards(page, sum);
  page.figure("The days", time_chart(slots, 3600 * std::ceil(longest / 3600)), time_legend());
  page.figure("Keys and clicks on each day", input_chart(slots), input_legend());
  write_apps(page, sum);
  write_table(page, "Day by day", "Day", slots);
  for (const auto& [report, json] : days) {
    if (report.totals.events == 0 && report.gaps.empty()) continue;
    page.heading(long_date(report.date));
    if (report.totals.events > 0)
      page.figure("The hours of the day", time_chart(hour_slots(report), 3600), time_legend());
    write_gaps(page, report);
  }
}

}  // namespace

void write_days_html(const Request& request, const std::vector<Day>& days) {
  if (request.dates.one())
    write_one_day(request, days.front().report);
  else
    write_several_days(request, days);
}

void write_apps_html(const Request& request, const Totals& totals) {
  Page page(request.out, name_of(request.machine), "Applications – " + dates_text(request.dates));
  if (totals.apps.empty()) page.html("<p>No activity in any application.</p>\n");
  write_apps(page, totals);
}

void write_machines_html(const Request& request, const std::vector<Machine>& machines) {
  Page page(request.out, "Machines", std::to_string(machines.size()) + " known");
  page.begin_table("Machines", {"Machine", "Name", "Time zone", "First seen", "Last seen"});
  for (const Machine& machine : machines)
    page.row({machine.machine_id, machine.label, machine.timezone, utc_text(machine.first_seen),
              utc_text(machine.last_seen)});
  page.end_table();
}

Result<void> write_events_html(const Request& request) {
  Page page(request.out, request.machine.machine_id, "Events – " + dates_text(request.dates));
  std::vector<std::string> titles;
  // The machine is in the heading, and the time comes first.
  for (const EventField& field : event_columns().subspan(1)) titles.emplace_back(field.name);
  page.begin_table("Events", titles);
  WrittenEvents written(request);
  bool any_scripted = false;
  const auto done = each_event(request.source, request, [&](const Event& event) -> Result<void> {
    std::vector<std::string> cells;
    for (const EventField& field : event_columns().subspan(1)) cells.push_back(field_text(event, field));
    page.row(cells);
    any_scripted = any_scripted || event.scripted_count > 0;
    return written.add(event);
  });
  page.end_table();
  if (any_scripted) page.scripted_note();
  return done;
}

}  // namespace activitytrack::report
