#include "server/accounts/login.hpp"
#include "core/json_writer.hpp"
#include "server/accounts/account_changes.hpp"
#include "server/accounts/audit.hpp"
#include "server/accounts/login_tries.hpp"
#include "server/accounts/password_queue.hpp"
#include "server/accounts/sessions.hpp"
#include "server/accounts/users.hpp"
#include "server/api/account_json.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/http/message.hpp"
#include "server/openid/provider.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_shown_name = 64;
constexpr int sign_in_retry_sec = 10;

/// `person`: a User, or the Principal of one.
template <class Person>
Response person_response(const Person& person, const std::vector<std::string>& recovery_codes = {}) {
  Response response;
  JsonWriter json(response.body);
  json.begin_object();
  write_person(json, person);
  if (!recovery_codes.empty()) json.field("recovery_codes", recovery_codes);
  json.end_object();
  return response;
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

Response wrong_password(int status, std::string_view detail) {
  Response refused = problem(status, detail);
  refused.wrong_secret = "password";
  return refused;
}

/// Writes down what an admin was refused; a refused password is written down by then.
void note_refused(const Request& request, Services& services, int status) {
  const Principal& who = asker(request);
  if (!who.is_admin() || who.is_anyone || (status != 403 && status != 409)) return;
  if (request.route->pattern == "/api/me/password") return;
  const AuditEntry entry = audit_entry(request, services.clock.now(), status);
  const auto written = write_audit(services.database, std::span(&entry, 1));
  if (!written)
    services.log.error("a refused change is left out of the audit log", {{"error", written.error().message}});
}

LoginTry read_try(Fields& fields, const Request& request, Services& services) {
  LoginTry attempt{fields.text("user"), fields.text("password"), request.client,
                   std::string(cookie_of(request, Cookie::device))};
  attempt.code = fields.text("code", "");
  attempt.place = session_place(request);
  attempt.rule = services.second_factor;
  if (attempt.password.size() > max_password_bytes)
    fields.refuse({ErrorCode::invalid_input, "password: must have at most 1024 bytes"});
  return attempt;
}

/// 401 to who knows the password, with a word for programs.
Response second_factor_problem(std::string_view word, std::string_view detail) {
  Response response = problem(401, detail);
  add_member(response, "second_factor", '"' + std::string(word) + '"');
  return response;
}

std::optional<Response> refuse_try(LoginOutcome::Status status, const LoginTry& attempt, const Request& request,
                                   Services& services) {
  using Status = LoginOutcome::Status;
  switch (status) {
    case Status::signed_in:
      return std::nullopt;
    case Status::too_often:
      return too_many_tries();
    case Status::needs_code:
      return second_factor_problem("code", "a code is needed too: send it as code");
    case Status::needs_enrolment:
      return second_factor_problem("enrol", "you must have a second factor: POST /api/login/second-factor makes one");
    case Status::wrong_code: {
      note_refused_password(request, services, attempt.user, 401);
      Response refused = second_factor_problem("wrong", "the code is wrong, or was used before");
      refused.wrong_secret = "code";
      return refused;
    }
    default:
      note_refused_password(request, services, attempt.user, 401);
      return wrong_password(401, "the user or the password is wrong");
  }
}

Result<Response> enrol_factor(const Request& request, Services& services) {
  Fields fields(request);
  const LoginTry attempt = read_try(fields, request, services);
  if (fields.refused()) return *fields.refused();
  const Time now = services.clock.now();
  const auto made = enrol_by_password(services.database, attempt, audit_entry(request, now, 200), now);
  if (!made) return made.error();
  if (auto refused = refuse_try(made->status, attempt, request, services)) return std::move(*refused);
  Response response;
  JsonWriter(response.body)
      .begin_object()
      .field("secret", made->factor.secret)
      .field("uri", made->factor.uri)
      .end_object();
  return response;
}

Result<Response> end_own_factor(const Request& request, Services& services) {
  Fields fields(request);
  const std::string password = fields.text("password");
  if (fields.refused()) return *fields.refused();
  const Principal& person = asker(request);
  const auto same = check_current_password(services.database, person.id, password, services.clock.now());
  if (!same) return same.error();
  if (!*same) return too_many_tries();
  if (!**same) {
    note_refused_password(request, services, person.name, 403);
    return wrong_password(403, "password is wrong");
  }
  return answer_change(request, services,
                       [&](AuditEntry&) { return reset_second_factor(services.database, person.id); });
}

Result<Response> sign_in_person(const Request& request, Services& services) {
  Fields fields(request);
  const LoginTry attempt = read_try(fields, request, services);
  if (fields.refused()) return *fields.refused();

  const Time now = services.clock.now();
  const auto outcome = log_in(services.database, attempt, audit_entry(request, now, 200), now);
  if (!outcome) return outcome.error();
  if (auto refused = refuse_try(outcome->status, attempt, request, services)) return std::move(*refused);
  Response response = person_response(outcome->user, outcome->recovery_codes);
  set_cookie(response, is_by_tls(request), Cookie::session, outcome->session.text, session_length);
  if (outcome->device) set_cookie(response, is_by_tls(request), Cookie::device, outcome->device->text, device_known);
  return response;
}

Result<Response> change_own_password(const Request& request, Services& services) {
  Fields fields(request);
  const std::string old_password = fields.text("old_password"), password = fields.text("password");
  const bool keep_tokens = fields.flag("keep_tokens");
  if (fields.refused()) return *fields.refused();
  if (auto fits = check_password(password); !fits) return fits.error();

  const Principal& person = asker(request);
  const Time now = services.clock.now();
  const auto same = check_current_password(services.database, person.id, old_password, now);
  if (!same) return same.error();
  if (!*same) return too_many_tries();
  if (!**same) {
    note_refused_password(request, services, person.name, 403);
    return wrong_password(403, "old_password is wrong");
  }
  const auto hash = hash_password(password);
  if (!hash) return hash.error();
  const auto changed = audited(request, services, 200, [&](AuditEntry& entry) {
    auto ended = set_password(services.database, person.id, *hash, {person.session, keep_tokens});
    if (ended) describe_ended(entry, person.name, "changed", *ended);
    return ended;
  });
  if (!changed) return changed.error();
  return ended_response(*changed);
}

Result<Response> run_guarded(const Request& request, Services& services, ServiceFunction* handler) {
  try {
    return handler(request, services);
  } catch (const std::exception& e) {
    services.log.error("handler failed", {{"error", e.what()}, {"request", std::string_view(request.id)}});
    return problem(500, "the server failed to answer; its log says more");
  }
}

bool comes_first(const Request& request, Services& services) {
  if (asker(request).kind == Principal::Kind::person) return true;
  try {
    return is_known_device(services.database, request, services.clock.now()).value();
  } catch (const std::exception& e) {
    services.log.error("a browser cannot be looked up", {{"error", e.what()}});
    return false;
  }
}

/// The answer where passwords are not taken, or not from this page: one of another site could sign a browser in as
/// somebody else.
std::optional<Response> refuse_password(const Request& request, Services& services) {
  if (services.openid && services.openid->options().only)
    return problem(403, "passwords are not taken here: sign in at /api/login/openid");
  return refuse_foreign(request, "sign in");
}

}  // namespace

std::optional<Response> refuse_foreign(const Request& request, std::string_view what) {
  if (request.origin.empty() || is_same_origin(request)) return std::nullopt;
  return foreign_origin(request, what);
}

void on_password_thread(const Request& request, Services& services, Answer answer, ServiceFunction* handler) {
  const auto run = [&request, &services, answer, handler] {
    Response response = answer_of(run_guarded(request, services, handler), services.log, request);
    note_refused(request, services, response.status);
    answer(std::move(response));
  };
  const auto refuse = [answer] { answer(come_back_later(sign_in_retry_sec, "too many are signing in just now")); };
  PasswordJob job{.client = network_of(request.client), .is_known = nullptr, .run = run, .refuse = refuse};
  if (asker(request).kind == Principal::Kind::person || secret_in_cookie(request, Cookie::device)) {
    job.is_known = [&request, &services] { return comes_first(request, services); };
  }
  services.passwords.submit(std::move(job));
}

void post_login(const Request& request, Services& services, Answer answer) {
  if (auto refused = refuse_password(request, services)) return answer(std::move(*refused));
  on_password_thread(request, services, std::move(answer), sign_in_person);
}

void post_second_factor(const Request& request, Services& services, Answer answer) {
  if (auto refused = refuse_password(request, services)) return answer(std::move(*refused));
  on_password_thread(request, services, std::move(answer), enrol_factor);
}

void post_own_second_factor_removal(const Request& request, Services& services, Answer answer) {
  on_password_thread(request, services, std::move(answer), end_own_factor);
}

Result<Response> delete_second_factor(const Request& request, Services& services) {
  const auto user = existing_user(services.database, request.arguments.at(0));
  if (!user) return user.error();
  // Who has a session and not the password is not to take the factor off.
  if (user->id == asker(request).id)
    return problem(403, "end your own by POST /api/me/second-factor/remove, which takes the password");
  return answer_change(request, services,
                       [&](AuditEntry&) { return reset_second_factor(services.database, user->id); });
}

void post_password(const Request& request, Services& services, Answer answer) {
  on_password_thread(request, services, std::move(answer), change_own_password);
}

Result<Response> post_logout(const Request& request, Services& services) {
  if (const auto token = parse_secret(cookie_of(request, Cookie::session))) {
    const auto ended =
        audited(request, services, 200, [&](AuditEntry&) { return end_session(services.database, *token); });
    if (!ended) return ended.error();
  }
  Response response{.body = "{}"};
  set_cookie(response, is_by_tls(request), Cookie::session, "", {});
  return response;
}

Result<Response> get_login(const Request&, Services& services) {
  const bool by_openid = services.openid != nullptr;
  Response response;
  JsonWriter(response.body)
      .begin_object()
      .field("password", !by_openid || !services.openid->options().only)
      .field("openid", by_openid)
      .end_object();
  return response;
}

Result<Response> get_me(const Request& request, Services&) { return person_response(asker(request)); }

}  // namespace activitytrack::server
