#include "command.hpp"
#include "core/json_writer.hpp"
#include "text/table.hpp"
#include "text/units.hpp"
#include "views/views.hpp"

namespace activitytrack::report {
namespace {

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
      json.field("key_count", row.totals.key_count).end_object();
    });
  }) << '\n';
}

void write_csv(const Request& request, const std::vector<AppRow>& rows) {
  CsvWriter csv(request.out);
  csv.field("app").field("active_sec").field("key_count").end_line();
  for (const AppRow& row : rows) {
    csv.field(row.app).field(number_text(rounded(row.totals.active_sec, 3)));
    csv.field(number_text(row.totals.key_count)).end_line();
  }
}

}  // namespace

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
