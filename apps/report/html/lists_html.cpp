#include "core/csv.hpp"
#include "events.hpp"
#include "html/html.hpp"
#include "html/page.hpp"
#include "views/views.hpp"

#include <activitytrack/core/clock.hpp>
#include "core/event_fields.hpp"

namespace activitytrack::report {

void write_machines_html(const Request& request, const std::vector<Machine>& machines) {
  Page page(request.out, "Machines", std::to_string(machines.size()) + " known");
  const auto utc = [](const std::optional<Time>& time) { return time ? format_timestamp(*time) : ""; };
  page.begin_table("Machines", {"Machine", "Name", "Time zone", "First seen", "Last seen"});
  for (const Machine& machine : machines)
    page.row({machine.machine_id, machine.label, machine.timezone, utc(machine.first_seen), utc(machine.last_seen)});
  page.end_table();
}

Result<void> write_events_html(const Request& request) {
  Page page(request.out, request.machine.machine_id, "Events – " + dates_text(request.dates));
  std::vector<std::string> titles;
  // The machine is in the heading, and the time comes first.
  for (const EventField& field : event_columns().subspan(1)) titles.emplace_back(field.name);
  page.begin_table("Events", titles);
  bool any_scripted = false;
  auto written = each_event(request, [&](const Event& event) -> Result<void> {
    std::vector<std::string> cells;
    for (const EventField& field : event_columns().subspan(1)) cells.push_back(field_text(event, field));
    page.row(cells);
    any_scripted = any_scripted || event.scripted_count > 0;
    return {};
  });
  page.end_table();
  if (any_scripted) page.scripted_note();
  return written;
}

}  // namespace activitytrack::report
