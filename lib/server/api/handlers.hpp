#pragma once

#include "server/accounts/audit.hpp"
#include "server/api/services.hpp"
#include "server/http/router.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <string>

// The handlers of the endpoints. What each takes and answers is in docs/api.md; where it is, and who may use it, in
// routes.cpp.

namespace activitytrack::server {

struct Machine;

/// Answers a request with the services. An error is answered by the table in http/error_answer.hpp.
using ServiceHandler = Result<Response> (*)(const Request&, Services&);
using DeferredServiceHandler = void (*)(const Request&, Services&, Answer);
using StreamServiceHandler = BegunStream (*)(const Request&, Services&);

// Events and machines
void post_events(const Request& request, Services& services, Answer answer);  ///< answers when the batch is on disk
Result<Response> get_events(const Request& request, Services& services);
Result<Response> get_summary(const Request& request, Services& services);
Result<Response> get_timeline(const Request& request, Services& services);
Result<Response> get_export(const Request& request, Services& services);
Result<Response> list_machines(const Request& request, Services& services);
Result<Response> get_machine(const Request& request, Services& services);
Result<Response> patch_machine(const Request& request, Services& services);
Result<Response> delete_machine(const Request& request, Services& services);

// Screenshots: a machine announces what it has, is told what to do with it, and uploads the bytes from ?offset= to the
// end. Readers see those of a day or several; one, its bytes, or a small picture of it.
Result<Response> post_screenshot(const Request& request, Services& services);
BegunStream put_screenshot(const Request& request, Services& services);
Result<Response> get_screenshots(const Request& request, Services& services);
Result<Response> get_screenshot(const Request& request, Services& services);
Result<Response> get_screenshot_content(const Request& request, Services& services);
Result<Response> get_screenshot_thumbnail(const Request& request, Services& services);
Result<Response> delete_screenshot(const Request& request, Services& services);

// Signing in
void post_login(const Request& request, Services& services, Answer answer);
void post_password(const Request& request, Services& services, Answer answer);
Result<Response> post_logout(const Request& request, Services& services);
Result<Response> get_me(const Request& request, Services& services);
Result<Response> get_setup(const Request& request, Services& services);
void post_setup(const Request& request, Services& services, Answer answer);

// People
Result<Response> get_users(const Request& request, Services& services);
void post_user(const Request& request, Services& services, Answer answer);
void patch_user(const Request& request, Services& services, Answer answer);
Result<Response> delete_user(const Request& request, Services& services);
Result<Response> get_tokens(const Request& request, Services& services);
Result<Response> post_token(const Request& request, Services& services);
Result<Response> delete_token(const Request& request, Services& services);
Result<Response> get_audit(const Request& request, Services& services);

// Machines' credentials
Result<Response> post_enroll(const Request& request, Services& services);
Result<Response> post_rotate(const Request& request, Services& services);
Result<Response> get_credentials(const Request& request, Services& services);
Result<Response> delete_credentials(const Request& request, Services& services);
Result<Response> get_enroll_tokens(const Request& request, Services& services);
Result<Response> post_enroll_token(const Request& request, Services& services);
Result<Response> delete_enroll_token(const Request& request, Services& services);

// The server itself
void get_health(const Request& request, Services& services, Answer answer);  ///< asks nothing of the store
Result<Response> get_readiness(const Request& request, Services& services);
Result<Response> get_metrics(const Request& request, Services& services);
Result<Response> get_openapi(const Request& request, Services& services);

// What several handlers use.

/// audited(), for a change that a request asks for; `status` is the answer's when it is made.
template <class Change>
auto audited(const Request& request, Services& services, Change change, int status = 200) {
  return audited(services.database, audit_entry(request, services.clock.now(), status), std::move(change));
}

/// The same, answered with {}.
template <class Change>
Result<Response> answer_change(const Request& request, Services& services, Change change) {
  const auto made = audited(request, services, std::move(change));
  if (!made) return made.error();
  return Response{.body = "{}"};
}

/// The machine; not_found if no event of it has arrived.
Result<Machine> known_machine(Services& services, const std::string& machine_id);

/// A failure to keep pictures or to read them, as an answer; logged.
Response picture_failure(const Error& error, Log& log);

/// Runs what hashes a password on the one thread that does, and answers with what it returns; 503 if too many wait, in
/// all or of this client.
void on_password_thread(const Request& request, Services& services, Answer answer, ServiceHandler handler);

/// The answer to a page of another site that would sign a browser in: `what` is "sign in".
std::optional<Response> refuse_foreign(const Request& request, std::string_view what);

}  // namespace activitytrack::server
