#include "server/accounts/audit.hpp"
#include "server/accounts/cookies.hpp"
#include "server/accounts/login.hpp"
#include "server/accounts/login_tries.hpp"
#include "server/accounts/passwords.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/accounts/users.hpp"
#include "server/api/account_handlers.hpp"
#include "server/api/account_problem.hpp"
#include "server/api/json_fields.hpp"
#include "server/api/passwords.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
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

  const auto same = knows_password(services, asker(request), *old_password);
  if (!same && same.error().code == ErrorCode::busy) return too_many_tries();
  if (!same) return account_problem(same.error(), services.log);
  if (!*same) {
    note_refused_password(request, services, asker(request).name, 403);
    return problem(403, "old_password is wrong");
  }
  const auto hash = hash_password(*password);
  if (!hash) return account_problem(hash.error(), services.log);
  const auto entry = audit_entry(request, services.clock.now(), 200);
  const auto changed = audited(services.database, entry, [&] {
    return set_password(services.database, asker(request).id, *hash, session_of(request));
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

}  // namespace activitytrack::server
