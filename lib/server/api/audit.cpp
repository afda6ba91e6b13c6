#include "server/accounts/audit.hpp"

#include "core/json_writer.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

constexpr std::size_t default_entries = 1000, max_entries = 10'000;

/// The row that was the last on the page before.
std::optional<std::pair<Time, std::int64_t>> read_audit_cursor(Parameters& parameters) {
  const std::string* given = parameters.find("cursor");
  if (!given) return std::nullopt;
  const auto place = split_place(*given, '-');
  const auto id = place ? parse_id(place->second) : std::nullopt;
  if (id) return std::pair(place->first, *id);
  parameters.refuse_cursor();
  return std::nullopt;
}

/// Admins read all of it; others what is about a machine that they configure, or that is their own.
bool may_read_audit(const Principal& who, const std::string& machine_id) {
  if (who.is_admin()) return true;
  return !machine_id.empty() && (who.may_configure(machine_id) || (who.role == Role::self && who.may_read(machine_id)));
}

}  // namespace

Result<Response> get_audit(const Request& request, Services& services) {
  Parameters parameters(request.target);
  AuditQuery query;
  if (const std::string* machine = parameters.find("machine")) query.machine_id = *machine;
  query.start = parameters.time("start").value_or(query.start);
  query.end = parameters.time("end").value_or(query.end);
  const auto limit = parameters.count("limit", default_entries, max_entries);
  query.limit = limit + 1;
  query.before = read_audit_cursor(parameters);
  if (parameters.wrong()) return *parameters.wrong();
  if (!may_read_audit(asker(request), query.machine_id)) return problem(403, "name a machine of yours: machine=ID");
  const auto append = [](std::string& json, const AuditRow& row) {
    JsonWriter writer(json);
    write_audit_entry(writer, row.entry);
  };
  const auto cursor = [](const AuditRow& last) { return join_place(last.entry.at, '-', format_id(last.id)); };
  return page_response("entries", read_audit(services.database, query), limit, append, cursor);
}

}  // namespace activitytrack::server
