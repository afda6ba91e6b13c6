#include "server/accounts/audit.hpp"

#include "core/json_writer.hpp"
#include "server/accounts/access.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

constexpr std::size_t default_entries = 1000, max_entries = 10'000;

/// Admins read all of it; others what is about a machine that they configure, or that is their own.
bool may_read_audit(const Principal& who, const std::string& machine_id) {
  if (who.is_admin()) return true;
  return !machine_id.empty() && (who.may_configure(machine_id) || (who.role == Role::self && who.may_read(machine_id)));
}

}  // namespace

Result<Response> get_audit(const Request& request, Services& services) {
  Parameters parameters(request.target);
  AuditQuery query;
  for (auto [name, wanted] : {std::pair("machine", &query.machine_id), std::pair("person", &query.name),
                              std::pair("target", &query.target)}) {
    if (const std::string* given = parameters.find(name)) *wanted = *given;
  }
  query.start = parameters.time("start").value_or(query.start);
  query.end = parameters.time("end").value_or(query.end);
  const auto limit = parameters.count("limit", default_entries, max_entries);
  query.limit = limit + 1;
  if (parameters.find("cursor")) {
    const NewestFirst page = parameters.newest_first();
    query.before = {page.at, page.id};
  }
  if (parameters.wrong()) return *parameters.wrong();
  if (!may_read_audit(asker(request), query.machine_id)) return problem(403, "name a machine of yours: machine=ID");
  const auto append = [](std::string& json, const AuditEntry& entry) {
    JsonWriter writer(json);
    write_audit_entry(writer, entry);
  };
  const auto cursor = [](const AuditEntry& last) { return make_cursor(last.at, last.id); };
  return page_response("entries", read_audit(services.database, query), limit, append, cursor);
}

}  // namespace activitytrack::server
