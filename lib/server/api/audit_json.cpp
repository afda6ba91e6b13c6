#include "server/api/audit_json.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::server {

void write_audit_entry(JsonWriter& json, const AuditEntry& entry) {
  json.begin_object()
      .field("at", format_timestamp(entry.at))
      .field("kind", entry.kind)
      .field("name", entry.name)
      .field("action", entry.action)
      .key("machine_id");
  entry.machine_id.empty() ? json.null() : json.value(entry.machine_id);
  json.field("client", entry.client).field("status", entry.status).end_object();
}

}  // namespace activitytrack::server
