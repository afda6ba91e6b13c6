#include "server/accounts/audit.hpp"

#include "core/json_writer.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/events/event_row.hpp"
#include "server/http/router.hpp"

#include <activitytrack/core/screenshot.hpp>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_machine_id_bytes = 128;

std::string asked_machine(const Request& request) {
  const std::string_view pattern = request.route->pattern;
  const bool in_path = pattern.starts_with("/api/machines/{") || pattern.starts_with("/api/activity/{") ||
                       pattern.starts_with("/api/screenshots/{");
  if (in_path && !request.arguments.empty()) return request.arguments[0];
  const std::string* asked = pattern == "/api/audit" ? request.target.find("machine") : nullptr;
  return asked ? *asked : "";
}

/// The method and the pattern of a route; of a picture, its id in its place: which one was seen matters.
std::string action_of(const Request& request) {
  constexpr std::string_view id = "{screenshot}";
  std::string action = std::string(request.route->method) + " " + std::string(request.route->pattern);
  const auto at = action.find(id);
  if (at == action.npos || request.arguments.size() < 2 || !is_screenshot_id(request.arguments[1])) return action;
  return action.replace(at, id.size(), request.arguments[1]);
}

/// The machine that a request is about; "" if it is about none, or all, or what is asked for can be no
/// machine's id.
std::string machine_of(const Request& request) {
  std::string id = asked_machine(request);
  return id.size() <= max_machine_id_bytes ? id : "";
}

AuditRow read_audit_row(const SqlRow& row) {
  return {{.at = row.time(0),
           .kind = std::string(row.text(2)),
           .name = std::string(row.text(3)),
           .action = std::string(row.text(4)),
           .machine_id = std::string(row.text(5)),
           .client = std::string(row.text(6)),
           .status = row.integer(7)},
          row.integer(1)};
}

}  // namespace

AuditEntry audit_entry(const Request& request, Time now, int status) {
  const Principal& who = asker(request);
  AuditEntry entry{.at = now,
                   .kind = std::string(to_string(who.kind)),
                   .name = who.name,
                   .client = request.client,
                   .status = status};
  if (request.route) {
    entry.action = action_of(request);
    entry.machine_id = machine_of(request);
  }
  if (who.kind == Principal::Kind::machine) entry.machine_id = who.name;
  return entry;
}

Result<void> write_audit(Database& database, std::span<const AuditEntry> entries) {
  for (const AuditEntry& entry : entries) {
    auto written = database.execute(
        "INSERT INTO audit(at, id, kind, name, action, machine_id, client, status)"
        " VALUES($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT(at, id) DO NOTHING",
        {entry.at, entry.id != 0 ? entry.id : random_id(), entry.kind, entry.name, entry.action, entry.machine_id,
         entry.client, entry.status});
    if (!written) return written;
  }
  return {};
}

Result<std::vector<AuditRow>> read_audit(Database& database, const AuditQuery& query) {
  const auto [at, id] = query.before.value_or(std::pair(query.end, std::int64_t{0}));
  const auto limit = static_cast<std::int64_t>(query.limit);
  const Time from = query.start, to = at;
  if (query.machine_id.empty()) {
    return select_all(database,
                      "SELECT at, id, kind, name, action, machine_id, client, status FROM audit"
                      " WHERE at >= $1 AND (at < $2 OR (at = $2 AND id < $3)) ORDER BY at DESC, id DESC LIMIT $4",
                      {from, to, id, limit}, read_audit_row);
  }
  return select_all(database,
                    "SELECT at, id, kind, name, action, machine_id, client, status FROM audit"
                    " WHERE machine_id = $5 AND at >= $1 AND (at < $2 OR (at = $2 AND id < $3))"
                    " ORDER BY at DESC, id DESC LIMIT $4",
                    {from, to, id, limit, query.machine_id}, read_audit_row);
}

Result<std::int64_t> drop_old_audit(Database& database, Time before, std::size_t limit) {
  std::optional<std::int64_t> until;
  const auto found =
      database.run("SELECT max(at) FROM (SELECT at FROM audit WHERE at < $1 ORDER BY at LIMIT $2) AS oldest",
                   {before, static_cast<std::int64_t>(limit)}, [&](const SqlRow& row) {
                     if (!row.is_null(0)) until = row.integer(0);
                   });
  if (!found) return found.error();
  if (!until) return std::int64_t{0};
  return database.run("DELETE FROM audit WHERE at <= $1", {*until});
}

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
