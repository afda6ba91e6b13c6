#include "server/accounts/login.hpp"

#include "server/accounts/passwords.hpp"
#include "server/accounts/sessions.hpp"
#include "server/api/account_json.hpp"
#include "server/api/bodies.hpp"
#include "server/api/handlers.hpp"
#include "server/http/message.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_password_bytes = 1024;
constexpr std::size_t max_shown_name = 64;
constexpr int sign_in_retry_sec = 2;

/// `person`: a User, or the Principal of one.
template <class Person>
Response person_response(const Person& person) {
  Response response;
  JsonWriter json(response.body);
  json.begin_object();
  write_person(json, person);
  json.end_object();
  return response;
}

/// No password is looked at before a minute is over.
Response too_many_tries() {
  Response refused = problem(429, "too many tries; wait a minute");
  refused.headers.emplace_back("Retry-After", std::to_string(wait_between_tries.count()));
  return refused;
}

/// A name that nobody has checked, for a log: other than printable ASCII is "?".
std::string as_tried(std::string_view name) {
  std::string shown(name.substr(0, max_shown_name));
  std::ranges::replace_if(
      shown, [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown;
}

/// Writes to the audit log that a password was refused. `name`: whose it was said to be, as sent.
void note_refused_password(const Request& request, Services& services, std::string_view name, int status) {
  AuditEntry entry = audit_entry(request, services.clock.now(), status);
  entry.name = as_tried(name);
  const auto written = write_audit(services.database, std::span(&entry, 1));
  if (!written) {
    services.log.error("a refused password is left out of the audit log", {{"error", written.error().message}});
  }
}

Result<Response> sign_in_person(const Request& request, Services& services) {
  Fields fields(request);
  const std::string user = fields.text("user"), password = fields.text("password");
  if (fields.refused()) return *fields.refused();
  if (password.size() > max_password_bytes) return problem(400, "password: must have at most 1024 bytes");

  const Time now = services.clock.now();
  const auto outcome =
      log_in(services.database, {user, password, request.client, std::string(cookie_of(request, Cookie::device))},
             audit_entry(request, now, 200), now);
  if (!outcome) return outcome.error();
  if (outcome->status == LoginOutcome::Status::too_often) return too_many_tries();
  if (outcome->status == LoginOutcome::Status::wrong) {
    note_refused_password(request, services, user, 401);
    return problem(401, "the user or the password is wrong");
  }
  Response response = person_response(outcome->user);
  set_cookie(response, request, Cookie::session, outcome->session.text, session_length);
  if (outcome->device) set_cookie(response, request, Cookie::device, outcome->device->text, device_known);
  return response;
}

Result<Response> change_own_password(const Request& request, Services& services) {
  Fields fields(request);
  const std::string old_password = fields.text("old_password"), password = fields.text("password");
  if (fields.refused()) return *fields.refused();
  if (auto fits = check_password(password); !fits) return fits.error();

  const Principal& person = asker(request);
  const Time now = services.clock.now();
  const auto same = check_current_password(services.database, person.id, old_password, now);
  if (!same) return same.error();
  if (!*same) return too_many_tries();
  if (!**same) {
    note_refused_password(request, services, person.name, 403);
    return problem(403, "old_password is wrong");
  }
  const auto hash = hash_password(password);
  if (!hash) return hash.error();
  const auto session = secret_in_cookie(request, Cookie::session);
  return answer_change(request, services,
                       [&] { return set_password(services.database, person.id, *hash, session ? session->id : 0); });
}

Result<Response> run_guarded(const Request& request, Services& services, ServiceHandler handler) {
  try {
    return handler(request, services);
  } catch (const std::exception& e) {
    services.log.error("handler failed", {{"error", e.what()}});
    return problem(500, "the server failed to answer; its log says more");
  }
}

bool comes_first(const Request& request, Services& services) {
  if (asker(request).kind == Principal::Kind::person) return true;
  try {
    const auto known = is_known_device(services.database, request, services.clock.now());
    if (known) return *known;
    services.log.error("a browser cannot be looked up", {{"error", known.error().message}});
  } catch (const std::exception& e) {
    services.log.error("a browser cannot be looked up", {{"error", e.what()}});
  }
  return false;
}

}  // namespace

void on_password_thread(const Request& request, Services& services, Answer answer, ServiceHandler handler) {
  const auto run = [&request, &services, answer, handler] {
    answer(answer_of(run_guarded(request, services, handler), services.log));
  };
  const auto refuse = [answer] { answer(come_back_later(sign_in_retry_sec, "too many are signing in just now")); };
  PasswordQueue::Job job{.client = network_of(request.client), .is_known = nullptr, .run = run, .refuse = refuse};
  if (asker(request).kind == Principal::Kind::person || secret_in_cookie(request, Cookie::device)) {
    job.is_known = [&request, &services] { return comes_first(request, services); };
  }
  services.passwords.submit(std::move(job));
}

std::optional<Response> refuse_foreign(const Request& request, std::string_view what) {
  if (request.origin.empty() || is_same_origin(request)) return std::nullopt;
  return problem(403, std::string(what) + " from this site: Origin is not its own");
}

void post_login(const Request& request, Services& services, Answer answer) {
  // Else a page of another site could sign a browser in as somebody else.
  if (auto refused = refuse_foreign(request, "sign in")) return answer(std::move(*refused));
  on_password_thread(request, services, std::move(answer), sign_in_person);
}

void post_password(const Request& request, Services& services, Answer answer) {
  on_password_thread(request, services, std::move(answer), change_own_password);
}

Result<Response> post_logout(const Request& request, Services& services) {
  if (const auto token = parse_secret(cookie_of(request, Cookie::session))) {
    const auto ended = audited(request, services, 200, [&] { return end_session(services.database, *token); });
    if (!ended) return ended.error();
  }
  Response response{.body = "{}"};
  set_cookie(response, request, Cookie::session, "", {});
  return response;
}

Result<Response> get_me(const Request& request, Services&) { return person_response(asker(request)); }

}  // namespace activitytrack::server
