#pragma once

#include "core/json_writer.hpp"
#include "server/accounts/audit.hpp"

namespace activitytrack::server {

/// An entry as the API shows it.
void write_audit_entry(JsonWriter& json, const AuditEntry& entry);

}  // namespace activitytrack::server
