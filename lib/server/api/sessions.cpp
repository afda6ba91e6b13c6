#include "server/accounts/sessions.hpp"

#include "core/json_writer.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/account_changes.hpp"
#include "server/accounts/users.hpp"
#include "server/api/account_json.hpp"
#include "server/api/handlers.hpp"
#include "server/http/message.hpp"

// Who is signed in where, and how that is ended.

namespace activitytrack::server {
namespace {

Result<Response> sessions_response(Services& services, std::int64_t user, std::int64_t current) {
  const auto sessions = list_sessions(services.database, user, services.clock.now());
  if (!sessions) return sessions.error();
  Response response;
  JsonWriter json(response.body);
  json.begin_object().key("sessions").array(*sessions, [&](const SessionRow& session) {
    write_session(json, session, session.id == current);
  });
  json.end_object();
  return response;
}

Result<Response> end_all(const Request& request, Services& services, std::int64_t user, const std::string& name,
                         std::int64_t kept) {
  const auto ended = audited(request, services, 200, [&](AuditEntry& entry) -> Result<Ended> {
    const auto sessions = end_sessions(services.database, user, kept);
    if (!sessions) return sessions.error();
    describe_ended(entry, name, "", {.sessions = *sessions});
    return Ended{.sessions = *sessions};
  });
  if (!ended) return ended.error();
  return ended_response(*ended);
}

}  // namespace

Result<Response> get_own_sessions(const Request& request, Services& services) {
  return sessions_response(services, asker(request).id, asker(request).session);
}

Result<Response> delete_own_session(const Request& request, Services& services) {
  const auto id = parse_id(request.arguments.at(0));
  if (!id) return Error{ErrorCode::not_found, "there is no such session"};
  return answer_change(request, services,
                       [&](AuditEntry&) { return end_session_of(services.database, asker(request).id, *id); });
}

Result<Response> delete_own_sessions(const Request& request, Services& services) {
  const Principal& who = asker(request);
  return end_all(request, services, who.id, who.name, who.session);
}

Result<Response> get_user_sessions(const Request& request, Services& services) {
  const auto user = existing_user(services.database, request.arguments.at(0));
  if (!user) return user.error();
  return sessions_response(services, user->id, asker(request).session);
}

Result<Response> delete_user_sessions(const Request& request, Services& services) {
  const auto user = existing_user(services.database, request.arguments.at(0));
  if (!user) return user.error();
  return end_all(request, services, user->id, user->name, 0);
}

}  // namespace activitytrack::server
