#include "server/accounts/audit.hpp"

#include "core/event_fields.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/accounts/users.hpp"
#include "server/events/event_row.hpp"
#include "server/http/router.hpp"

#include <activitytrack/core/screenshot.hpp>

#include <algorithm>
#include <utility>

namespace activitytrack::server {
namespace {

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

/// What a path names, if it can be one's id.
AuditTarget target_of(const Request& request) {
  const std::string_view pattern = request.route->pattern;
  if (request.arguments.empty()) return {};
  const std::string& argument = request.arguments[0];
  if (pattern.starts_with("/api/users/{")) {
    auto name = normal_user_name(argument);
    return name ? AuditTarget{"person", std::move(*name)} : AuditTarget{};
  }
  std::string_view kind;
  if (pattern.starts_with("/api/tokens/{")) kind = "token";
  if (pattern.starts_with("/api/enroll-tokens/{")) kind = "enroll_token";
  if (pattern.starts_with("/api/me/sessions/{")) kind = "session";
  return kind.empty() || !parse_id(argument) ? AuditTarget{} : AuditTarget{std::string(kind), argument};
}

AuditEntry read_audit_row(const SqlRow& row) {
  const auto text = [&](int column) { return row.is_null(column) ? std::string() : std::string(row.text(column)); };
  return {.at = row.time(0),
          .kind = std::string(row.text(2)),
          .name = std::string(row.text(3)),
          .action = std::string(row.text(4)),
          .machine_id = std::string(row.text(5)),
          .client = std::string(row.text(6)),
          .status = row.integer(7),
          .id = row.integer(1),
          .target = {text(8), text(9), text(10)},
          .details = text(11)};
}

constexpr std::size_t entry_columns = 8, rows_at_once = 32;

/// Adds so many rows by one statement: a round trip for each would make readers wait.
std::string insert_rows(std::size_t count) {
  std::string sql = "INSERT INTO audit(at, id, kind, name, action, machine_id, client, status) VALUES";
  for (std::size_t i = 0; i < count * entry_columns; ++i) {
    sql += i % entry_columns == 0 ? (i == 0 ? "($" : "), ($") : ", $";
    sql += std::to_string(i + 1);
  }
  return sql + ") ON CONFLICT(at, id) DO NOTHING";
}

Result<void> write_rows(Database& database, std::span<const AuditEntry> entries, std::span<const std::int64_t> ids) {
  static const std::string one = insert_rows(1), many = insert_rows(rows_at_once);
  while (!entries.empty()) {
    const std::size_t count = entries.size() < rows_at_once ? 1 : rows_at_once;
    std::vector<SqlValue> values;
    values.reserve(count * entry_columns);
    for (std::size_t i = 0; i < count; ++i) {
      const AuditEntry& entry = entries[i];
      for (SqlValue value :
           {SqlValue(entry.at), SqlValue(ids[i]), SqlValue(entry.kind), SqlValue(entry.name), SqlValue(entry.action),
            SqlValue(entry.machine_id), SqlValue(entry.client), SqlValue(entry.status)})
        values.push_back(std::move(value));
    }
    const auto written = database.run(count == 1 ? one : many, values, nullptr);
    if (!written) return written.error();
    entries = entries.subspan(count), ids = ids.subspan(count);
  }
  return {};
}

/// The machine that an entry is about is its target if it names no other.
void write_target(JsonWriter& json, const AuditEntry& entry) {
  const bool is_machine = entry.target.kind.empty();
  if (is_machine && entry.machine_id.empty()) {
    json.null();
    return;
  }
  json.begin_object()
      .field("kind", is_machine ? "machine" : std::string_view(entry.target.kind))
      .field("id", is_machine ? entry.machine_id : entry.target.id)
      .key("label");
  entry.target.label.empty() ? json.null() : json.value(entry.target.label);
  json.end_object();
}

Result<void> write_change(Database& database, const AuditEntry& entry, std::int64_t id) {
  return database.execute(
      "INSERT INTO audit_changes(at, id, target_kind, target, label, details) VALUES($1, $2, $3, $4, $5, $6)"
      " ON CONFLICT(at, id) DO NOTHING",
      {entry.at, id, entry.target.kind, entry.target.id, entry.target.label, entry.details});
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
    entry.target = target_of(request);
  }
  if (who.kind == Principal::Kind::machine) entry.machine_id = who.name;
  return entry;
}

AuditDetails& AuditDetails::changed(std::string_view name, const std::optional<std::string>& from,
                                    const std::optional<std::string>& to) {
  if (from == to) return *this;
  json_.key(name).begin_object().field("from", from).field("to", to).end_object();
  return *this;
}

AuditDetails& AuditDetails::listed(std::string_view name, const std::vector<std::string>& from,
                                   const std::vector<std::string>& to) {
  if (from == to) return *this;
  json_.key(name).begin_object();
  const auto list = [&](std::string_view what, const auto& these, const auto& those) {
    json_.key(what).begin_array();
    for (const std::string& each : these) {
      if (!std::ranges::binary_search(those, each)) json_.value(each);
    }
    json_.end_array();
  };
  list("given", to, from);
  list("taken", from, to);
  json_.end_object();
  return *this;
}

std::string AuditDetails::text() {
  json_.end_object();
  return text_ == "{}" ? "" : std::move(text_);
}

Result<void> write_audit(Database& database, std::span<const AuditEntry> entries) {
  std::vector<std::int64_t> ids;
  for (const AuditEntry& entry : entries) ids.push_back(entry.id != 0 ? entry.id : random_id());
  if (auto written = write_rows(database, entries, ids); !written) return written;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].target.kind.empty() && entries[i].details.empty()) continue;
    if (auto written = write_change(database, entries[i], ids[i]); !written) return written;
  }
  return {};
}

Result<std::vector<AuditEntry>> read_audit(Database& database, const AuditQuery& query) {
  const auto [at, id] = query.before.value_or(std::pair(query.end, std::int64_t{0}));
  // Conditions only for what is asked: one for both would hide the index. $5 to $7 are named in any case.
  const auto only = [](const std::string& wanted, std::string_view column, std::string_view parameter) {
    return " AND " + (wanted.empty() ? "''" : std::string(column)) + " = " + std::string(parameter);
  };
  return select_all(database,
                    "SELECT a.at, a.id, a.kind, a.name, a.action, a.machine_id, a.client, a.status, c.target_kind,"
                    " c.target, c.label, c.details"
                    " FROM audit a LEFT JOIN audit_changes c ON c.at = a.at AND c.id = a.id"
                    " WHERE a.at >= $1 AND a.at <= $2 AND (a.at < $2 OR a.id < $3)" +
                        only(query.machine_id, "a.machine_id", "$5") + only(query.name, "a.name", "$6") +
                        only(query.target, "c.target", "$7") + " ORDER BY a.at DESC, a.id DESC LIMIT $4",
                    {query.start, at, id, query.limit, query.machine_id, query.name, query.target}, read_audit_row);
}

Result<std::int64_t> drop_old_audit(Database& database, Time before, std::size_t limit) {
  const auto until = select_number(
      database, "SELECT coalesce(max(at), -1) FROM (SELECT at FROM audit WHERE at < $1 ORDER BY at LIMIT $2) AS oldest",
      {before, limit});
  if (!until) return until.error();
  if (auto dropped = database.execute("DELETE FROM audit_changes WHERE at <= $1", {*until}); !dropped)
    return dropped.error();
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
  json.field("client", entry.client).field("status", entry.status).key("target");
  write_target(json, entry);
  json.key("details");
  entry.details.empty() ? json.null() : json.raw(entry.details);
  json.end_object();
}

}  // namespace activitytrack::server
