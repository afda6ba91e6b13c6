#include "server/events/event_group.hpp"

#include "server/events/event_row.hpp"

namespace activitytrack::server {

constinit const std::string_view columns_of_machines =
    " first_seen BIGINT NOT NULL,"
    " last_seen BIGINT NOT NULL,"
    " user_label TEXT,"
    " timezone TEXT NOT NULL DEFAULT '',"
    " timezone_at BIGINT NOT NULL DEFAULT 0,"  // timestamp of the event that timezone is from
    " agent_version TEXT, collect_interval_sec BIGINT, send_interval_sec BIGINT, capture TEXT,"
    " latest_event BIGINT NOT NULL DEFAULT 0, latest_is_idle BIGINT NOT NULL DEFAULT 0)";

constinit const std::string_view create_hours =
    "CREATE TABLE IF NOT EXISTS hours("
    " machine BIGINT NOT NULL,"
    " start BIGINT NOT NULL,"
    " offset_min SMALLINT NOT NULL,"
    " totals BYTEA NOT NULL,"
    " PRIMARY KEY(machine, start, offset_min))";

constinit const std::string_view insert_machines =
    "INSERT INTO machines AS known(id, machine_id, first_seen, last_seen, timezone, timezone_at,"
    " agent_version, collect_interval_sec, send_interval_sec, capture, latest_event, latest_is_idle)";

constinit const std::string_view or_update_machines =
    " ON CONFLICT(id) DO UPDATE SET"
    " last_seen = CASE WHEN excluded.last_seen > known.last_seen THEN excluded.last_seen ELSE known.last_seen END,"
    " timezone = CASE WHEN excluded.timezone <> '' AND excluded.timezone_at >= known.timezone_at"
    "  THEN excluded.timezone ELSE known.timezone END,"
    " timezone_at = CASE WHEN excluded.timezone <> '' AND excluded.timezone_at >= known.timezone_at"
    "  THEN excluded.timezone_at ELSE known.timezone_at END,"
    " agent_version = coalesce(excluded.agent_version, known.agent_version),"
    " collect_interval_sec = coalesce(excluded.collect_interval_sec, known.collect_interval_sec),"
    " send_interval_sec = coalesce(excluded.send_interval_sec, known.send_interval_sec),"
    " capture = coalesce(excluded.capture, known.capture),"
    " latest_is_idle = CASE WHEN excluded.latest_event >= known.latest_event"
    "  THEN excluded.latest_is_idle ELSE known.latest_is_idle END,"
    " latest_event = CASE WHEN excluded.latest_event > known.latest_event"
    "  THEN excluded.latest_event ELSE known.latest_event END"
    " WHERE known.machine_id = excluded.machine_id";

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
