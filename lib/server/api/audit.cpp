#include "server/accounts/audit.hpp"

#include "core/json_writer.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/http/message.hpp"

#include <algorithm>
#include <charconv>

namespace activitytrack::server {
namespace {

constexpr std::size_t default_entries = 1000, max_entries = 10'000;
constexpr std::size_t cursor_id_chars = 16;

/// "TIME-ID" of the last row shown: the next page goes on before it.
std::string make_audit_cursor(const AuditRow& row) {
  return std::to_string(row.entry.at.time_since_epoch().count()) + "-" + format_id(row.id);
}

Result<std::optional<std::pair<Time, std::int64_t>>> audit_cursor(const Target& target) {
  const std::string* given = target.find("cursor");
  std::optional<std::pair<Time, std::int64_t>> cursor;
  if (!given) return cursor;
  std::int64_t micros = 0;
  const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), micros);
  const std::string_view rest(end, static_cast<std::size_t>(given->data() + given->size() - end));
  const auto id = rest.size() == cursor_id_chars + 1 && rest[0] == '-' ? parse_id(rest.substr(1)) : std::nullopt;
  if (error != std::errc() || !id) {
    return Error{ErrorCode::invalid_input, "cursor: must be the next_cursor of an answer, as it was"};
  }
  cursor.emplace(Time(std::chrono::microseconds(micros)), *id);
  return cursor;
}

Result<AuditQuery> read_audit_query(const Target& target) {
  AuditQuery query;
  if (const std::string* machine = target.find("machine")) query.machine_id = *machine;
  const auto start = time_parameter(target, "start");
  if (!start) return start.error();
  const auto end = time_parameter(target, "end");
  if (!end) return end.error();
  const auto limit = count_parameter(target, "limit", default_entries, max_entries);
  if (!limit) return limit.error();
  auto before = audit_cursor(target);
  if (!before) return before.error();
  query.start = start->value_or(query.start);
  query.end = end->value_or(query.end);
  query.limit = *limit;
  query.before = std::move(*before);
  return query;
}

/// Admins read all of it; others what is about a machine that they configure, or that is their own.
bool may_read_audit(const Principal& who, const std::string& machine_id) {
  if (who.is_admin()) return true;
  return !machine_id.empty() && (who.may_configure(machine_id) || (who.role == Role::self && who.may_read(machine_id)));
}

}  // namespace

Result<Response> get_audit(const Request& request, Services& services) {
  auto query = read_audit_query(request.target);
  if (!query) return query.error();
  if (!may_read_audit(asker(request), query->machine_id)) return problem(403, "name a machine of yours: machine=ID");
  ++query->limit;
  const auto rows = read_audit(services.database, *query);
  if (!rows) return rows.error();
  const auto append = [](std::string& json, const AuditRow& row) {
    JsonWriter writer(json);
    write_audit_entry(writer, row.entry);
  };
  return Response{.body = page_json("entries", *rows, query->limit - 1, append, make_audit_cursor)};
}

}  // namespace activitytrack::server
