#include "server/accounts/login.hpp"

#include "server/accounts/cookies.hpp"
#include "server/accounts/role.hpp"
#include "server/accounts/sessions.hpp"
#include "server/api/account_handlers.hpp"
#include "server/api/account_problem.hpp"
#include "server/api/json_fields.hpp"
#include "server/api/passwords.hpp"
#include "server/http/message.hpp"

#include "core/json_writer.hpp"

namespace activitytrack::server {
namespace {

constexpr std::size_t max_password_bytes = 1024;

Response person_response(const Principal& person) {
  Response response;
  JsonWriter json(response.body);
  json.begin_object().field("user", person.name).field("role", to_string(person.role));
  json.key("machines").begin_array();
  for (const std::string& machine : person.machines) json.value(std::string_view(machine));
  json.end_array().end_object();
  return response;
}

Response sign_in(const Request& request, Services& services) {
  const auto body = object_body(request);
  if (const auto* refused = std::get_if<Response>(&body)) return *refused;
  const auto& fields = std::get<boost::json::object>(body);
  const auto user = text_field(fields, "user");
  if (!user) return problem(400, user.error().message);
  const auto password = text_field(fields, "password");
  if (!password) return problem(400, password.error().message);
  if (password->size() > max_password_bytes) return problem(400, "password: must have at most 1024 bytes");

  const Time now = services.clock.now();
  const auto outcome =
      log_in(services.database, {*user, *password, request.client, std::string(cookie_of(request, Cookie::device))},
             audit_entry(request, now, 200), now);
  if (!outcome) return account_problem(outcome.error(), services.log);
  if (outcome->status == LoginOutcome::Status::too_often) return too_many_tries();
  if (outcome->status == LoginOutcome::Status::wrong) {
    note_refused_password(request, services, *user, 401);
    return problem(401, "the user or the password is wrong");
  }
  Response response = person_response(principal_of(outcome->user));
  set_cookie(response, request, Cookie::session, outcome->session.text, session_length);
  if (outcome->device) set_cookie(response, request, Cookie::device, outcome->device->text, device_known);
  return response;
}

}  // namespace

void post_login(const Request& request, Services& services, Answer answer) {
  // Else a foreign page could sign a browser in as somebody else.
  if (!request.origin.empty() && !is_same_origin(request)) {
    return answer(problem(403, "sign in from this site: Origin is not its own"));
  }
  on_password_thread(request, services, std::move(answer), sign_in);
}

Response post_logout(const Request& request, Services& services) {
  if (const auto token = parse_secret(cookie_of(request, Cookie::session))) {
    const auto entry = audit_entry(request, services.clock.now(), 200);
    const auto ended = audited(services.database, entry, [&] { return end_session(services.database, *token); });
    if (!ended) return account_problem(ended.error(), services.log);
  }
  Response response;
  response.body = "{}";
  set_cookie(response, request, Cookie::session, "", {});
  return response;
}

Response get_me(const Request& request, Services&) { return person_response(asker(request)); }

}  // namespace activitytrack::server
