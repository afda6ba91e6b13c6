#include "text/table.hpp"
#include "text/units.hpp"
#include "views/views.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::report {
namespace {

/// On the machine's own clock, to the minute: "2024-01-15 18:07".
std::string seen_text(const Machine& machine, const std::optional<Time>& time) {
  if (!time) return "-";
  const int offset = offset_in_zone(*time, machine.timezone).value_or(0);
  std::string text = format_timestamp(std::chrono::floor<std::chrono::minutes>(*time), offset);
  text[10] = ' ';
  return text.substr(0, 16);
}

void show(const Request& request, const std::vector<Machine>& machines) {
  Screen screen(request.out, request.look);
  if (machines.empty()) {
    screen.line("No machine has sent anything yet.");
    return;
  }
  Table table({{"Machine", false, 0, true}, {"Name"}, {"Time zone"}, {"First seen"}, {"Last seen"}});
  for (const Machine& machine : machines)
    table.row({{{machine.machine_id, Paint::title}},
               {{machine.label.empty() ? "-" : machine.label}},
               {{machine.timezone.empty() ? "-" : machine.timezone}},
               {{seen_text(machine, machine.first_seen), Paint::dim}},
               {{seen_text(machine, machine.last_seen)}}});
  table.print(screen);
}

void write_csv(const Request& request, const std::vector<Machine>& machines) {
  CsvWriter csv(request.out);
  for (const char* name : {"machine_id", "user_label", "timezone", "first_seen", "last_seen"}) csv.field(name);
  csv.end_line();
  for (const Machine& machine : machines) {
    csv.field(machine.machine_id).field(machine.label).field(machine.timezone);
    csv.field(utc_text(machine.first_seen)).field(utc_text(machine.last_seen)).end_line();
  }
}

}  // namespace

Result<void> run_machines(const Request& request) {
  const auto machines = request.source.machines();
  if (!machines) return machines.error();
  if (request.format == Format::json) request.out << machines->json << '\n';
  if (request.format == Format::csv) write_csv(request, machines->list);
  if (request.format == Format::html) write_machines_html(request, machines->list);
  if (request.format == Format::table) show(request, machines->list);
  return {};
}

}  // namespace activitytrack::report
