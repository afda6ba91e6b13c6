#pragma once

#include "server/api/services.hpp"
#include "server/http/router.hpp"

#include <activitytrack/core/screenshot.hpp>

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace activitytrack::server {

/// Every endpoint. What each takes and gives is in docs/api.md.
std::span<const Route> routes() noexcept;

/// Stores a batch: POST /api/events. Gives the answer when the batch is on disk.
void post_events(const Request& request, Services& services, Answer answer);

Response get_events(const Request& request, Services& services);     ///< GET /api/activity/{id}/events
Response get_summary(const Request& request, Services& services);    ///< GET /api/activity/{id}/summary
Response get_timeline(const Request& request, Services& services);   ///< GET /api/activity/{id}/timeline
Response list_machines(const Request& request, Services& services);  ///< GET /api/machines
Response get_machine(const Request& request, Services& services);    ///< GET /api/machines/{id}
Response patch_machine(const Request& request, Services& services);  ///< PATCH /api/machines/{id}

Response get_export(const Request& request, Services& services);      ///< GET /api/activity/{id}/export
Response delete_machine(const Request& request, Services& services);  ///< DELETE /api/machines/{id}

/// GET /healthz: the process answers. Asks nothing of the store.
void get_health(const Request& request, Services& services, Answer answer);

Response get_readiness(const Request& request,
                       Services& services);                        ///< GET /readyz: events could be stored now
Response get_metrics(const Request& request, Services& services);  ///< GET /metrics
Response get_openapi(const Request& request, Services& services);  ///< GET /openapi.json

}  // namespace activitytrack::server

// The endpoints of accounts. What each takes and gives is in docs/api.md; who may use them, in routes.cpp.

namespace activitytrack::server {

// Signing in: a password is hashed on its own thread, so these answer later.
void post_login(const Request& request, Services& services, Answer answer);
void post_password(const Request& request, Services& services, Answer answer);  ///< POST /api/me/password
void post_setup(const Request& request, Services& services, Answer answer);
Response get_setup(const Request& request, Services& services);  ///< GET /setup
Response post_logout(const Request& request, Services& services);
Response get_me(const Request& request, Services& services);

// Machines
Response post_enroll(const Request& request, Services& services);
Response post_rotate(const Request& request, Services& services);         ///< POST /api/credentials/rotate
Response get_credentials(const Request& request, Services& services);     ///< GET /api/machines/{id}/credentials
Response delete_credentials(const Request& request, Services& services);  ///< DELETE of the same
Response get_enroll_tokens(const Request& request, Services& services);
Response post_enroll_token(const Request& request, Services& services);
Response delete_enroll_token(const Request& request, Services& services);

// People
Response get_users(const Request& request, Services& services);
void post_user(const Request& request, Services& services, Answer answer);
void patch_user(const Request& request, Services& services, Answer answer);
Response delete_user(const Request& request, Services& services);
Response get_tokens(const Request& request, Services& services);
Response post_token(const Request& request, Services& services);
Response delete_token(const Request& request, Services& services);
Response get_audit(const Request& request, Services& services);

}  // namespace activitytrack::server

namespace activitytrack::server {

/// POST /api/screenshots: a machine says what it has, and hears what to do with it.
Response post_screenshot(const Request& request, Services& services);

/// PUT /api/screenshots/{machine}/{id}/content: the bytes, from ?offset= to the end.
std::variant<std::unique_ptr<BodySink>, Response> put_screenshot(const Request& request, Services& services);

// Of /api/screenshots/{machine}: those of a day or several, and /{id}: one, its bytes, a small picture of it.
Response get_screenshots(const Request& request, Services& services);
Response get_screenshot(const Request& request, Services& services);
Response get_screenshot_content(const Request& request, Services& services);
Response get_screenshot_thumbnail(const Request& request, Services& services);
Response delete_screenshot(const Request& request, Services& services);

/// The one that a request names, if it is shown; else the answer.
std::variant<ScreenshotRow, Response> shown_screenshot(const Request& request, Services& services);

/// A failure to keep pictures or to read them, as an answer; logged. 503 with Retry-After when it may pass,
/// else 500.
Response picture_problem(const Error& error, Log& log);

/// Whose credential the database is asked for, beside the gate.
Announcer announcer(const Principal& who);

/// {"state":"stored"}
Response stored_answer();

/// 409: the bytes are to come from `offset` on.
Response wrong_offset(std::int64_t offset);

/// Runs what hashes a password on the one thread that does, and answers with what it gives; 503 if too many
/// wait, in all or of this client.
void on_password_thread(const Request& request, Services& services, Answer answer, Handler handler);

/// 429: no password is looked at before a minute is over.
Response too_many_tries();

/// Writes to the audit log that a password was refused. `name`: whose it was said to be, as sent.
void note_refused_password(const Request& request, Services& services, std::string_view name, int status);

/// The form that makes the first user: one file, with a Content-Security-Policy under which nothing but its
/// own script and style runs and nothing is loaded.
struct SetupPage {
  std::string html;
  std::string policy;
};
const SetupPage& setup_page();

}  // namespace activitytrack::server
