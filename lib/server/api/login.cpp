#include "server/accounts/login.hpp"
#include "core/json_writer.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/audit.hpp"
#include "server/accounts/passwords.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/accounts/sessions.hpp"
#include "server/accounts/users.hpp"
#include "server/api/answers.hpp"
#include "server/api/bodies.hpp"
#include "server/api/handlers.hpp"
#include "server/http/problem.hpp"

#include <algorithm>

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

Response get_me(const Request& request, Services&) { return person_response(request.principal); }

namespace {

std::int64_t session_of(const Request& request) {
  const auto token = parse_secret(cookie_of(request, Cookie::session));
  return token && token->kind == SecretKind::session ? token->id : 0;
}

/// Guesses by a session that somebody else got hold of count as tries to sign in do.
Result<bool> knows_password(Services& services, const Principal& person, const std::string& password) {
  const Bytes who = tries_of_device(person.id);
  const auto allowed = count_try(services.database, who, services.clock.now());
  if (!allowed) return allowed.error();
  if (!*allowed) return Error{ErrorCode::busy, "too many tries; wait a minute"};
  const auto same = check_current_password(services.database, person.id, password);
  if (!same || !*same) return same;
  if (auto forgotten = forget_tries(services.database, who); !forgotten) return forgotten.error();
  return true;
}

Response change_password(const Request& request, Services& services) {
  const auto body = object_body(request);
  if (const auto* refused = std::get_if<Response>(&body)) return *refused;
  const auto& fields = std::get<boost::json::object>(body);
  const auto old_password = text_field(fields, "old_password");
  if (!old_password) return problem(400, old_password.error().message);
  const auto password = text_field(fields, "password");
  if (!password) return problem(400, password.error().message);
  if (auto fits = check_password(*password); !fits) return problem(400, fits.error().message);

  const auto same = knows_password(services, request.principal, *old_password);
  if (!same && same.error().code == ErrorCode::busy) return too_many_tries();
  if (!same) return account_problem(same.error(), services.log);
  if (!*same) {
    note_refused_password(request, services, request.principal.name, 403);
    return problem(403, "old_password is wrong");
  }
  const auto hash = hash_password(*password);
  if (!hash) return account_problem(hash.error(), services.log);
  const auto entry = audit_entry(request, services.clock.now(), 200);
  const auto changed = audited(services.database, entry, [&] {
    return set_password(services.database, request.principal.id, *hash, session_of(request));
  });
  if (!changed) return account_problem(changed.error(), services.log);
  Response response;
  response.body = "{}";
  return response;
}

}  // namespace

void post_password(const Request& request, Services& services, Answer answer) {
  on_password_thread(request, services, std::move(answer), change_password);
}

namespace {

constexpr int retry_sec = 2;
constexpr std::size_t max_shown_name = 64;

Response run(const Request& request, Services& services, Handler handler) {
  try {
    return handler(request, services);
  } catch (const std::exception& e) {
    services.log.error("handler failed", {{"error", e.what()}});
    return problem(500, "the server failed to answer; its log says more");
  }
}

bool comes_first(const Request& request, Services& services) {
  if (request.principal.kind == Principal::Kind::person) return true;
  try {
    const auto known = is_known_device(services.database, request, services.clock.now());
    if (known) return *known;
    services.log.error("a browser cannot be looked up", {{"error", known.error().message}});
  } catch (const std::exception& e) {
    services.log.error("a browser cannot be looked up", {{"error", e.what()}});
  }
  return false;
}

/// A name that nobody has checked, for a log: other than printable ASCII is "?".
std::string as_tried(std::string_view name) {
  std::string shown(name.substr(0, max_shown_name));
  std::ranges::replace_if(
      shown, [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown;
}

}  // namespace

void on_password_thread(const Request& request, Services& services, Answer answer, Handler handler) {
  PasswordQueue::Job job{
      .client = network_of(request.client),
      .is_known = nullptr,
      .run = [&request, &services, answer, handler] { answer(run(request, services, handler)); },
      .refuse = [answer] { answer(come_back_later(retry_sec, "too many are signing in just now")); }};
  if (request.principal.kind == Principal::Kind::person || has_device_cookie(request)) {
    job.is_known = [&request, &services] { return comes_first(request, services); };
  }
  services.passwords.submit(std::move(job));
}

Response too_many_tries() {
  Response refused = problem(429, "too many tries; wait a minute");
  refused.headers.emplace_back("Retry-After", std::to_string(wait_between_tries.count()));
  return refused;
}

void note_refused_password(const Request& request, Services& services, std::string_view name, int status) {
  AuditEntry entry = audit_entry(request, services.clock.now(), status);
  entry.name = as_tried(name);
  const auto written = write_audit(services.database, std::span(&entry, 1));
  if (!written) {
    services.log.error("a refused password is left out of the audit log", {{"error", written.error().message}});
  }
}

}  // namespace activitytrack::server
