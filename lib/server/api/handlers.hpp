#pragma once

#include "server/accounts/access.hpp"
#include "server/accounts/audit.hpp"
#include "server/accounts/second_factor.hpp"
#include "server/http/router.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace activitytrack {
class Log;
}

// The handlers of the endpoints. What each takes and answers is in docs/api.md; where it is, and who may use it, in
// routes.cpp.

namespace activitytrack::server {

class ConfigurationFeed;
class Ingest;
class LiveNews;
class OpenIdProvider;
class MachineStates;
class PasswordQueue;
class Readiness;
class StoreReader;
class StoreWriter;
class UsualDays;
class Webhook;
class Website;
struct Machine;
struct Screenshots;
struct Stats;

/// What handlers work with. All are borrowed, and usable from any thread.
struct Services {
  StoreReader& reader;
  StoreWriter& writer;
  Database& database;
  Ingest& ingest;
  Clock& clock;
  Log& log;
  PasswordQueue& passwords;
  Stats& stats;
  Readiness& readiness;
  Screenshots& screenshots;
  ConfigurationFeed& configuration;
  MachineStates& machine_states;
  UsualDays& usual_days;
  std::size_t max_body_bytes = 16 * 1024 * 1024;  ///< of a body, unpacked
  std::string public_origin{};       ///< "https://host[:port]", where people reach the server; "": not known
  OpenIdProvider* openid = nullptr;  ///< by which people sign in; null: by none
  SecondFactorRule second_factor = SecondFactorRule::none;
  const Website* website = nullptr;  ///< null: built without
  LiveNews* live = nullptr;          ///< null: nobody can watch
  Webhook* webhook = nullptr;        ///< null: nothing is told
};

/// Answers a request with the services. An error is answered by the table in http/message.hpp.
using ServiceFunction = Result<Response>(const Request& request, Services& services);
using DeferredServiceFunction = void(const Request& request, Services& services, Answer answer);
using WaitingServiceFunction = std::function<void()>(const Request& request, Services& services, Answer answer);
using StreamServiceFunction = BegunStream(const Request& request, Services& services);

// Events and machines
DeferredServiceFunction post_events;  ///< answers when the batch is on disk
ServiceFunction get_events, get_summary, get_timeline, get_export;
ServiceFunction get_minutes, get_range;  ///< a machine's time as columns
ServiceFunction get_verdicts, post_answer, get_answers;
ServiceFunction list_machines, get_machine, patch_machine, delete_machine;
ServiceFunction get_fleet, get_fleet_row;  ///< machines with their day
ServiceFunction get_live, get_team, get_search;
ServiceFunction get_webhook, put_webhook, delete_webhook, post_webhook_test;

// Screenshots: a machine announces what it has, is told what to do with it, and uploads the bytes from ?offset= to the
// end. Readers see those of a day or several; one, its bytes, or a small picture of it.
ServiceFunction post_screenshot;
StreamServiceFunction put_screenshot;
ServiceFunction get_slots;  ///< a day's screenshots, and why there are none
ServiceFunction get_screenshots, get_screenshot, get_screenshot_content, get_screenshot_thumbnail, delete_screenshot;

// Signing in
DeferredServiceFunction post_login, post_password, post_setup;
ServiceFunction get_login, post_logout, get_me, get_setup;
ServiceFunction get_openid_login, get_openid_callback;
DeferredServiceFunction post_second_factor, post_own_second_factor_removal;
ServiceFunction delete_second_factor;  ///< somebody else's

// People, their tokens, the audit log
ServiceFunction get_users, delete_user;
ServiceFunction get_own_sessions, delete_own_session, delete_own_sessions, get_user_sessions, delete_user_sessions;
DeferredServiceFunction post_user, patch_user;
ServiceFunction get_tokens, post_token, delete_token;
ServiceFunction get_audit;
ServiceFunction get_own_accesses;  ///< what of it is about what is the asker's own

// Machines' credentials
ServiceFunction post_enroll, post_rotate, get_credentials, delete_credentials;
ServiceFunction get_enroll_tokens, post_enroll_token, delete_enroll_token;

// What agents are to do: people see and change it, and agents ask for it
ServiceFunction get_settings, get_configuration, get_configuration_versions, get_machine_configuration;
ServiceFunction get_configuration_machines;
ServiceFunction put_configuration_defaults, put_configuration_group, put_configuration_order;
ServiceFunction delete_configuration_group, put_machine_configuration, post_configuration_rollback;
ServiceFunction get_configuration_rollout, post_configuration_rollout;
WaitingServiceFunction get_agent_configuration;  ///< answers when something is new

// The server itself
DeferredServiceFunction get_health;  ///< asks nothing of the store
ServiceFunction get_readiness, get_metrics, get_openapi;

// The website. They ask nothing of the store.
DeferredServiceFunction get_start_page, get_page, get_asset;
DeferredServiceFunction get_nothing;  ///< where there is none

// What several handlers use.

/// Has who watches looked at again: people, their rights or their sign-ins may have changed.
void note_accounts(Services& services);

/// audited(), for a change that a request asks for, if who asks is let in still; `status` is the answer's when it is
/// made. The change says in the entry what it changed.
template <class Change>
auto audited(const Request& request, Services& services, int status, Change change) {
  auto made = audited(services.database, audit_entry(request, services.clock.now(), status),
                      [&](AuditEntry& entry) -> std::invoke_result_t<Change&, AuditEntry&> {
                        if (auto known = need_still_known(services.database, asker(request)); !known)
                          return known.error();
                        return change(entry);
                      });
  note_accounts(services);
  return made;
}

/// The same, answered by 200 with {}.
template <class Change>
Result<Response> answer_change(const Request& request, Services& services, Change change) {
  const auto made = audited(request, services, 200, std::move(change));
  if (!made) return made.error();
  return Response{.body = "{}"};
}

/// The machine; not_found if no event of it has arrived.
Result<Machine> known_machine(Services& services, const std::string& machine_id);

/// The first `limit` machines after `after` that the asker may see, in order of their ids.
Result<std::vector<Machine>> visible_machines(const Principal& who, StoreReader& reader, const std::string& after,
                                              std::size_t limit);

/// A failure to keep pictures or to read them, as an answer; logged.
Response picture_failure(const Error& error, Log& log);

/// The answer to a page of another site that would sign a browser in: `what` is "sign in".
std::optional<Response> refuse_foreign(const Request& request, std::string_view what);

/// Runs what hashes a password on the one thread that does, and answers with what it returns; 503 if too many wait, in
/// all or of this client.
void on_password_thread(const Request& request, Services& services, Answer answer, ServiceFunction* handler);

}  // namespace activitytrack::server
