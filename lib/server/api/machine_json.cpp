#include "server/api/machine_json.hpp"

#include "server/api/liveness.hpp"

#include "core/json_writer.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event_json.hpp>

namespace activitytrack::server {

void append_machine_json(std::string& out, const Machine& machine, Time now) {
  JsonWriter json(out);
  json.begin_object()
      .field("machine_id", machine.machine_id)
      .field("user_label", machine.user_label)
      .field("first_seen", format_timestamp(machine.first_seen))
      .field("last_seen", format_timestamp(machine.last_seen));
  json.key("timezone");
  machine.timezone.empty() ? json.null() : json.value(machine.timezone);
  json.field("latest_event", format_timestamp(machine.latest_event)).field("state", to_string(liveness(machine, now)));
  std::string agent;
  if (machine.agent) append_agent_json(agent, *machine.agent);
  json.key("agent").raw(agent.empty() ? "null" : agent);
  json.end_object();
}

}  // namespace activitytrack::server
