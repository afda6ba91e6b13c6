#include "command.hpp"
#include "core/json_writer.hpp"
#include "report/wall_clock.hpp"
#include "text/table.hpp"
#include "text/units.hpp"
#include "views/views.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::report {
namespace {

/// On the machine's own clock, to the minute: "2024-01-15 18:07".
std::string seen_text(const Machine& machine, const std::optional<Time>& time) {
  if (!time) return "-";
  std::string text = format_timestamp(*time, offset_in_zone(*time, machine.timezone).value_or(0));
  text[10] = ' ';
  return text.substr(0, 16);
}

void show(const Request& request, const std::vector<Machine>& machines) {
  Screen screen(request.out, request.look);
  Table table({{"Machine", false, 0, true}, {"Name"}, {"Time zone"}, {"First seen"}, {"Last seen"}});
  for (const Machine& machine : machines)
    table.row({{{machine.machine_id, Paint::title}},
               {{machine.label.empty() ? "-" : machine.label}},
               {{machine.timezone.empty() ? "-" : machine.timezone}},
               {{seen_text(machine, machine.first_seen), Paint::dim}},
               {{seen_text(machine, machine.last_seen)}}});
  table.print(screen);
  for (const Machine& machine : machines) {
    if (machine.rejected_events == 0) continue;
    screen.line(machine.machine_id + ": " + number_text(machine.rejected_events) +
                " events refused, the last because " + machine.latest_rejection);
  }
}

void write_csv(const Request& request, const std::vector<Machine>& machines) {
  request.out << csv_line(
      {"machine_id", "user_label", "timezone", "first_seen", "last_seen", "rejected_events", "latest_rejection"});
  for (const Machine& m : machines)
    request.out << csv_line({csv_text(m.machine_id, request.csv), csv_text(m.label, request.csv),
                             csv_text(m.timezone, request.csv), utc_text(m.first_seen), utc_text(m.last_seen),
                             number_text(m.rejected_events), csv_text(m.latest_rejection, request.csv)});
}

void show(const Request& request, const Totals& totals, const std::vector<AppRow>& rows) {
  Screen screen(request.out, request.look);
  show_header(screen, request.machine, dates_text(request.dates) + "  " + zone_of(request));
  if (rows.empty()) {
    screen.line("No activity in any application.");
    return;
  }
  std::vector<Column> columns{
      {"Application", false, 24, true}, {""}, {"Active", true, 11}, {"Share", true, 5}, {"Keys", true, 7}};
  const int bar = columns[1].least = room_for_bar(columns, screen.width());
  Table table(std::move(columns));
  for (const AppRow& row : rows) {
    const double share = totals.active_sec > 0 ? row.totals.active_sec / totals.active_sec : 0;
    table.row({{{row.app}},
               share_bar(share, bar, Paint::medium, screen.look().utf8),
               {{duration_text(row.totals.active_sec)}},
               {{percent_text(100 * share)}},
               {{short_count(row.totals.key_count)}}});
  }
  table.print(screen);
}

void write_json(const Request& request, const std::vector<AppRow>& rows) {
  request.out << json_object([&](JsonWriter& json) {
    json.field("machine_id", request.machine.machine_id);
    json.field("from", format_date(request.dates.first)).field("to", format_date(request.dates.last));
    json.field("timezone", zone_of(request)).key("apps").array(rows, [&](const AppRow& row) {
      json.begin_object().field("app", row.app).field("active_sec", rounded(row.totals.active_sec, 3));
      json.field("key_count", row.totals.key_count);
      if (row.is_rest) json.field("rest", true);
      json.end_object();
    });
  }) << '\n';
}

void write_csv(const Request& request, const std::vector<AppRow>& rows) {
  request.out << csv_line({"app", "active_sec", "key_count"});
  for (const AppRow& row : rows)
    request.out << csv_line({csv_text(row.app, request.csv), number_text(rounded(row.totals.active_sec, 3)),
                             number_text(row.totals.key_count)});
}

}  // namespace

Result<void> run_machines(const Request& request) {
  const auto machines = request.source.machines();
  if (!machines) return machines.error();
  if (request.format == Format::table && machines->list.empty()) {
    request.out << (machines->why_none.empty() ? "no machine is known" : machines->why_none) << '\n';
    return {};
  }
  if (request.format == Format::json) request.out << machines->json << '\n';
  if (request.format == Format::csv) write_csv(request, machines->list);
  if (request.format == Format::html) write_machines_html(request, machines->list);
  if (request.format == Format::table) show(request, machines->list);
  return {};
}

Result<void> run_apps(const Request& request) {
  const auto sum = request.source.sum(request);
  if (!sum) return sum.error();
  const auto rows = top_apps(*sum, sum->apps.size());
  if (request.format == Format::json) write_json(request, rows);
  if (request.format == Format::csv) write_csv(request, rows);
  if (request.format == Format::html) write_apps_html(request, *sum);
  if (request.format == Format::table) show(request, *sum, rows);
  return {};
}

}  // namespace activitytrack::report
