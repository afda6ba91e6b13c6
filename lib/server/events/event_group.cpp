#include "server/events/event_group.hpp"

#include "server/events/event_row.hpp"

namespace activitytrack::server {

Result<TouchedMachines> touched_machines(std::span<const Batch> batches) {
  TouchedMachines machines;
  for (const Batch& batch : batches) {
    TouchedMachine* machine = nullptr;
    for (const Event& event : batch.events) {
      if (!machine || *machine->machine_id != event.machine_id) {
        const auto place = machines.try_emplace(machine_key(event.machine_id), TouchedMachine{&event.machine_id}).first;
        machine = &place->second;
        if (*machine->machine_id != event.machine_id) return shared_key_error(event.machine_id);
        if (batch.agent) machine->agent = &*batch.agent;
      }
      if (!machine->latest || event.timestamp >= machine->latest->timestamp) machine->latest = &event;
      if (event.timezone.empty() || event.timestamp < machine->timezone_at) continue;
      machine->timezone = event.timezone;
      machine->timezone_at = event.timestamp;
    }
  }
  return machines;
}

Error shared_key_error(std::string_view machine_id) {
  return {ErrorCode::invalid_input, "database: machine " + std::string(machine_id) +
                                        " has the key of another machine; give it another machine_id"};
}

}  // namespace activitytrack::server
