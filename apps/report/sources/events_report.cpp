#include "sources/events_report.hpp"

#include "core/json_writer.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::report {

Result<Day> day_of_events(Source& source, const Machine& machine, Date date, const std::string& zone) {
  std::vector<Event> near;
  const auto read = source.events(machine, day_anywhere(date), [&](const Event& event) -> Result<void> {
    near.push_back(event);
    return {};
  });
  if (!read) return read.error();
  auto report = report_day(machine.machine_id, {date, zone}, near, machine.timezone);
  if (!report) return report.error();
  const std::string summary = encode_summary(*report), timeline = encode_timeline(*report);
  return Day{std::move(*report), summary, timeline};
}

std::string encode_machines(const std::vector<Machine>& list) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("machines").begin_array();
  for (const Machine& machine : list) {
    json.begin_object().field("machine_id", machine.machine_id).key("user_label").null();
    json.field("timezone", machine.timezone);
    json.field("first_seen", format_timestamp(*machine.first_seen));
    json.field("last_seen", format_timestamp(*machine.last_seen)).end_object();
  }
  json.end_array().end_object();
  return out;
}

}  // namespace activitytrack::report
