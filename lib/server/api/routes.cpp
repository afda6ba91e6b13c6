#include "server/api/routes.hpp"

#include "server/api/openapi.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {

/// What endpoints take in their queries.
namespace queries {

using schema::date, schema::text, schema::time;

constexpr std::string_view up_to_1000 = R"({"type":"integer","minimum":1,"maximum":1000})";
constexpr std::string_view up_to_5000 = R"({"type":"integer","minimum":1,"maximum":5000})";
constexpr std::string_view up_to_10000 = R"({"type":"integer","minimum":1,"maximum":10000})";
constexpr std::string_view format = R"({"type":"string","enum":["csv","jsonl"]})";
constexpr std::string_view csv = R"({"type":"string","enum":["escaped","raw"],"default":"escaped"})";

constexpr Parameter start{"start", time, "From this time on"};
constexpr Parameter end{"end", time, "Up to this time, not including it"};
constexpr Parameter cursor{"cursor", text, "The next_cursor of the page before"};

constexpr Parameter machine_page[] = {{"limit", up_to_1000, "At most so many machines"}, cursor};
constexpr Parameter machines_page[] = {{"limit", up_to_5000, "At most so many machines"}, cursor};
constexpr Parameter fleet_row_query[] = {{"date", date, "A day; today if it is not given"},
                                         {"tz", text, "The day is this IANA time zone's; UTC if it is not given"}};
constexpr Parameter fleet_query[] = {fleet_row_query[0], fleet_row_query[1], machines_page[0], cursor};
constexpr Parameter live_query[] = {{"machines", text, "Ids with commas between them, or *: all"},
                                    {"group", text, "Those of this group"}};
constexpr Parameter search_query[] = {
    {"q", text, "What to look for"},
    {"limit", R"({"type":"integer","minimum":1,"maximum":100})", "At most so many of each kind"}};
constexpr Parameter account_page[] = {{"limit", up_to_1000, "At most so many"}, cursor};
constexpr Parameter event_page[] = {start, end, {"limit", up_to_10000, "At most so many events"}, cursor};
constexpr Parameter days[] = {{"date", date, "A day"},
                              {"from", date, "The first of several days"},
                              {"to", date, "The last of them"},
                              {"tz", text, "On the clock of this IANA time zone, not the machine's own"}};
constexpr Parameter minutes_query[] = {
    days[0],
    days[3],
    start,
    end,
    {"points", R"({"type":"integer","minimum":16,"maximum":4000,"default":1500})", "At most so many steps"},
    {"titles", R"({"type":"integer","enum":[0,1],"default":0})", "1: the titles of windows, too"}};
constexpr Parameter slots_query[] = {days[0], days[3]};
constexpr Parameter range_query[] = {days[1], days[2], days[3]};
constexpr Parameter team_query[] = {
    days[0],
    days[1],
    days[2],
    days[3],
    {"group", text, "Only machines of this group"},
    {"format", R"({"type":"string","enum":["json","csv"],"default":"json"})", "csv: a line a machine and day"},
    {"csv", csv, "escaped: no text is a formula to a spreadsheet; or raw: texts as they are"}};
constexpr Parameter summary_query[] = {
    days[0], days[1], days[2], days[3], {"apps", R"({"type":"string","enum":["all"]})", "All applications, as `apps`"}};
constexpr Parameter export_query[] = {
    {"format", format, "csv, or jsonl: an event a line"},
    {"csv", csv, "escaped: no text is a formula to a spreadsheet; or raw: texts as they are"},
    start,
    end};
constexpr Parameter audit_page[] = {{"machine", text, "About only this machine"},
                                    {"person", text, "By this person, machine or user of a command"},
                                    {"target", text, "Done to this: a person's name, or the id of what it was done to"},
                                    start,
                                    end,
                                    {"limit", up_to_10000, "At most so many entries"},
                                    cursor};
constexpr Parameter screenshot_page[] = {
    {"date", date, "A day; today if no day is given"},    days[1], days[2], days[3],
    {"limit", up_to_1000, "At most so many screenshots"}, cursor};
constexpr Parameter offset_query[] = {
    {"offset", R"({"type":"integer","minimum":0})", "Where in the picture the bytes begin"}};
constexpr Parameter width_query[] = {
    {"width", R"({"type":"integer","minimum":16,"maximum":1024})", "At most so many px; 320 if not given"}};
constexpr Parameter openid_answer[] = {{"code", text, "What the sign-in service gave for it"},
                                       {"state", text, "As it was sent there"},
                                       {"iss", text, "The service"},
                                       {"error", text, "Why there is no code"},
                                       {"error_description", text, "The same in words"}};
constexpr Parameter trial[] = {
    {"dry_run", R"({"type":"string","enum":["0","1"]})", "1: only says what would become of it"}};
constexpr Parameter removal_of_group[] = {
    trial[0], {"rollout", R"({"type":"integer","minimum":10,"maximum":86400})", "In waves of so many seconds"}};
constexpr Parameter version_page[] = {{"limit", up_to_1000, "At most so many versions"}, cursor};
constexpr Parameter agent_query[] = {
    {"version", schema::count, "The version in force; 0: none"},
    {"wait", R"({"type":"integer","minimum":0,"maximum":300})", "Wait so many seconds for another one; else 304"},
    {"machine_id", text, "Of the agent; by default the credential's"},
    {"may_loosen", schema::truth, "Whether the machine's own file lets the server loosen what protects the person"},
    {"bounds", text, "A JSON object of the machine's own settings that bound the server's"},
    {"state", R"({"type":"string","enum":["applied","refused","reverted","needs_restart"]})", "Of the latest version"},
    {"change", schema::count, "Of what it says of its configuration: of two answers, the one with more was said later"},
    {"error_version", schema::count, "The version that was refused or reverted"},
    {"error_key", text, "The setting that was the reason"},
    {"error", text, "The reason, in words"}};
constexpr Parameter setup_query[] = {{"token", text, "Of the link that the server printed"}};

}  // namespace queries

namespace {

/// A handler of http for one that works with services.
Handler bound(ServiceFunction* handler, Services& services) {
  return [handler, &services](const Request& request) {
    return answer_of(handler(request, services), services.log, request);
  };
}

DeferredHandler bound(DeferredServiceFunction* handler, Services& services) {
  return [handler, &services](const Request& request, Answer answer) { handler(request, services, std::move(answer)); };
}

WaitingHandler bound(WaitingServiceFunction* handler, Services& services) {
  return [handler, &services](const Request& request, Answer answer) {
    return handler(request, services, std::move(answer));
  };
}

StreamHandler bound(StreamServiceFunction* handler, Services& services) {
  return [handler, &services](const Request& request) { return handler(request, services); };
}

}  // namespace

std::span<const Endpoint> endpoints() noexcept {
  // Who may ask what, and for /openapi.json: in words, with which query, body and answer.
  // clang-format off
  using namespace queries;
  static constexpr Endpoint table[] = {
      {"POST", "/api/events", Access::machine, post_events,
       {"Stores a batch of events", {}, "Batch", "BatchAnswer"}},
      {"GET", "/api/machines", Access::person, list_machines,
       {"The machines that the asker may see", machine_page, "", "MachinePage"}},
      {"GET", "/api/machines/{id}", Access::read_machine, get_machine,
       {"One machine", {}, "", "Machine"}},
      {"PATCH", "/api/machines/{id}", Access::configure_machine, patch_machine,
       {"Labels a machine", {}, "Label", "Machine"}},
      {"DELETE", "/api/machines/{id}", Access::erase_machine, delete_machine,
       {.summary = "Erases all that is kept of a machine", .answer = "Erasure", .status = 202}},
      {"GET", "/api/fleet", Access::person, get_fleet,
       {"All machines that the asker may see, with their day", fleet_query, "", "Fleet"}},
      {"GET", "/api/fleet/{id}", Access::read_machine, get_fleet_row,
       {"The row of one machine there", fleet_row_query, "", "FleetMachine"}},
      {"GET", "/api/live", Access::person, get_live,
       {.summary = "What happens to machines, as server-sent events", .query = live_query,
        .answer_type = "text/event-stream"}},
      {"GET", "/api/team", Access::person, get_team,
       {"The days of several machines", team_query, "", "Team", "application/json text/csv"}},
      {"GET", "/api/webhook", Access::admin, get_webhook,
       {"Where what needs attention is told", {}, "", "Webhook"}},
      {"PUT", "/api/webhook", Access::admin, put_webhook,
       {"Says where it is told", {}, "WebhookWanted", "Webhook"}},
      {"DELETE", "/api/webhook", Access::admin, delete_webhook,
       {"Tells nothing any more", {}, "", "Empty"}},
      {"POST", "/api/webhook/test", Access::admin, post_webhook_test,
       {"Tells that this is a test", {}, "Empty", "WebhookTest"}, Lane::sign_ins},
      {"GET", "/api/search", Access::person, get_search,
       {"Machines, people and groups by a part of their names", search_query, "", "SearchResult"}},
      {"GET", "/api/activity/{id}/events", Access::read_machine, get_events,
       {"Events in order of time", event_page, "", "EventPage"}},
      {"GET", "/api/activity/{id}/summary", Access::read_machine, get_summary,
       {"A day or several, added up", summary_query, "", "AnySummary"}},
      {"GET", "/api/activity/{id}/timeline", Access::read_machine, get_timeline,
       {"The hours of a day, or several days", days, "", "AnyTimeline"}},
      {"GET", "/api/activity/{id}/minutes", Access::read_machine, get_minutes,
       {"A day in columns, a number for each minute or other step", minutes_query, "", "Minutes"}},
      {"GET", "/api/activity/{id}/range", Access::read_machine, get_range,
       {"Several days in columns, the hours of the week, and the days before", range_query, "", "Range"}},
      {"GET", "/api/activity/{id}/verdicts", Access::read_machine, get_verdicts,
       {"Stretches of input that looks scripted, of several days", range_query, "", "Verdicts"}},
      {"POST", "/api/activity/{id}/events/{timestamp}/answer", Access::own_machine, post_answer,
       {"The person's answer to the verdict of an event", {}, "VerdictAnswerWanted", "GivenVerdictAnswer"}},
      {"GET", "/api/activity/{id}/events/{timestamp}/answers", Access::read_machine, get_answers,
       {"All that this answer ever said", {}, "", "VerdictAnswers"}},
      {"GET", "/api/activity/{id}/export", Access::read_machine, get_export,
       {"All events as a file", export_query, "", "", "text/csv application/jsonl"}},
      {"POST", "/api/screenshots", Access::machine, post_screenshot,
       {"Announces a screenshot, and tells what to do with it", {}, "Screenshot", "ScreenshotAnswer"}, Lane::uploads},
      {"PUT", "/api/screenshots/{id}/{screenshot}/content", Access::machine, put_screenshot,
       {.summary = "Takes a screenshot's bytes", .query = offset_query, .answer = "ScreenshotAnswer",
        .body_type = "application/octet-stream"}, Lane::uploads},
      {"GET", "/api/screenshots/{id}", Access::read_machine, get_screenshots,
       {"Screenshots of a day or several", screenshot_page, "", "ScreenshotPage"}},
      {"GET", "/api/screenshots/{id}/slots", Access::read_machine, get_slots,
       {"A day in slots of ten minutes, with their screenshots or why there are none", slots_query, "", "SlotDay"}},
      {"GET", "/api/screenshots/{id}/{screenshot}", Access::read_machine, get_screenshot,
       {"What is known of a screenshot", {}, "", "Screenshot"}},
      {"GET", "/api/screenshots/{id}/{screenshot}/content", Access::read_machine, get_screenshot_content,
       {"The picture", {}, "", "", "image/jpeg application/vnd.activitytrack.sealed"}, Lane::pictures},
      {"GET", "/api/screenshots/{id}/{screenshot}/thumbnail", Access::read_machine, get_screenshot_thumbnail,
       {"A small picture of it", width_query, "", "", "image/jpeg"}, Lane::pictures},
      {"DELETE", "/api/screenshots/{id}/{screenshot}", Access::erase_machine, delete_screenshot,
       {"Removes a screenshot", {}, "", "Empty"}, Lane::uploads},
      {"GET", "/api/login", Access::anyone, get_login,
       {"How people sign in", {}, "", "LoginWays"}},
      {"POST", "/api/login", Access::anyone, post_login,
       {"Signs a person in", {}, "Login", "Me"}},
      {"POST", "/api/login/second-factor", Access::anyone, post_second_factor,
       {"Makes a second factor for who knows the password", {}, "Login", "SecondFactor"}},
      {"GET", "/api/login/openid", Access::anyone, get_openid_login,
       {.summary = "Sends a browser to the sign-in service", .answer_type = "text/plain", .status = 302}, Lane::sign_ins},
      {"GET", "/api/login/openid/callback", Access::anyone, get_openid_callback,
       {"Signs in who comes back from there", openid_answer, "", "", "text/html"}, Lane::sign_ins},
      {"POST", "/api/logout", Access::person, post_logout,
       {"Ends the session", {}, "Empty", "Empty"}},
      {"GET", "/api/me", Access::person, get_me,
       {"Who asks", {}, "", "Me"}},
      {"POST", "/api/me/password", Access::signed_in, post_password,
       {"Changes the own password, and ends the person's tokens and other sessions", {}, "NewPassword", "EndedAnswer"}},
      {"GET", "/api/me/sessions", Access::person, get_own_sessions,
       {"Where the person is signed in", {}, "", "Sessions"}},
      {"DELETE", "/api/me/sessions", Access::person, delete_own_sessions,
       {"Ends the person's other sessions", {}, "", "EndedAnswer"}},
      {"DELETE", "/api/me/sessions/{id}", Access::person, delete_own_session,
       {"Ends one of the person's sessions", {}, "", "Empty"}},
      {"GET", "/api/me/access", Access::person, get_own_accesses,
       {"Who read or changed what is the asker's own", account_page, "", "Accesses"}},
      {"POST", "/api/me/second-factor/remove", Access::person, post_own_second_factor_removal,
       {"Ends the own second factor", {}, "OwnPassword", "Empty"}},
      {"GET", "/setup", Access::anyone, get_setup,
       {"A page that sets up the first user", setup_query, "", "", "text/html"}},
      {"POST", "/api/setup", Access::anyone, post_setup,
       {"Sets up the first user", {}, "Setup", "FirstUser"}},
      {"POST", "/api/enroll", Access::enrolment, post_enroll,
       {"Trades an enrolment token for a credential", {}, "Enrolment", "MachineCredential"}},
      {"POST", "/api/credentials/rotate", Access::machine, post_rotate,
       {"A new credential for the machine that asks", {}, "Empty", "MachineCredential"}},
      {"GET", "/api/machines/{id}/credentials", Access::admin, get_credentials,
       {"A machine's credentials", {}, "", "Credentials"}},
      {"DELETE", "/api/machines/{id}/credentials", Access::admin, delete_credentials,
       {"Revokes a machine's credentials", {}, "", "Revoked"}},
      {"GET", "/api/enroll-tokens", Access::admin, get_enroll_tokens,
       {"Enrolment tokens", account_page, "", "EnrollTokens"}},
      {"POST", "/api/enroll-tokens", Access::admin, post_enroll_token,
       {"Makes an enrolment token", {}, "EnrollTokenWanted", "NewToken", "application/json", 201}},
      {"DELETE", "/api/enroll-tokens/{id}", Access::admin, delete_enroll_token,
       {"Revokes an enrolment token", {}, "", "Empty"}},
      {"GET", "/api/users", Access::admin, get_users,
       {"People", account_page, "", "Users"}},
      {"POST", "/api/users", Access::admin_signed_in, post_user,
       {"Adds a person", {}, "UserWanted", "User", "application/json", 201}},
      {"PATCH", "/api/users/{name}", Access::admin_signed_in, patch_user,
       {"Changes a person", {}, "UserChange", "ChangedUser"}},
      {"DELETE", "/api/users/{name}/second-factor", Access::admin_signed_in, delete_second_factor,
       {"Ends a person's second factor", {}, "", "Empty"}},
      {"DELETE", "/api/users/{name}", Access::admin, delete_user,
       {"Removes a person", {}, "", "EndedAnswer"}},
      {"GET", "/api/users/{name}/sessions", Access::admin, get_user_sessions,
       {"Where a person is signed in", {}, "", "Sessions"}},
      {"DELETE", "/api/users/{name}/sessions", Access::admin, delete_user_sessions,
       {"Ends a person's sessions", {}, "", "EndedAnswer"}},
      {"GET", "/api/tokens", Access::person, get_tokens,
       {"Tokens", account_page, "", "Tokens"}},
      {"POST", "/api/tokens", Access::person, post_token,
       {"Makes a token", {}, "TokenWanted", "NewToken", "application/json", 201}},
      {"DELETE", "/api/tokens/{id}", Access::person, delete_token,
       {"Revokes a token, and what it made", {}, "", "EndedAnswer"}},
      {"GET", "/api/audit", Access::person, get_audit,
       {"Who read or changed what", audit_page, "", "AuditPage"}},
      {"GET", "/api/settings", Access::person, get_settings,
       {"The settings of agents, for forms", {}, "", "SettingTable"}},
      {"GET", "/api/configuration", Access::person, get_configuration,
       {"What agents are to do: defaults and groups", {}, "", "Configuration"}},
      {"PUT", "/api/configuration/defaults", Access::admin, put_configuration_defaults,
       {"Sets what holds for all machines", trial, "WantedSettings", "Edited"}},
      {"PUT", "/api/configuration/groups", Access::admin, put_configuration_order,
       {"Orders the groups: the later wins", trial, "WantedOrder", "Edited"}},
      {"PUT", "/api/configuration/groups/{group}", Access::admin, put_configuration_group,
       {"Makes a group, or sets what holds for its machines", trial, "WantedSettings", "Edited"}},
      {"DELETE", "/api/configuration/groups/{group}", Access::admin, delete_configuration_group,
       {"Removes a group", removal_of_group, "", "Edited"}},
      {"GET", "/api/configuration/machines", Access::person, get_configuration_machines,
       {"What became of the configuration on each machine", machines_page, "", "ConfigurationMachinePage"}},
      {"GET", "/api/configuration/versions", Access::admin, get_configuration_versions,
       {"Who changed what, the newest first", version_page, "", "VersionPage"}},
      {"POST", "/api/configuration/rollback", Access::admin, post_configuration_rollback,
       {"Takes all back to a version, by a new one", trial, "WantedRollback", "Edited"}},
      {"GET", "/api/configuration/rollout", Access::admin, get_configuration_rollout,
       {"How far the latest version has come that went out in waves", {}, "", "LatestRollout"}},
      {"POST", "/api/configuration/rollout", Access::admin, post_configuration_rollout,
       {"Goes on with it, holds it, or takes it back", {}, "WantedRolloutAction", "LatestRollout"}},
      {"GET", "/api/machines/{id}/configuration", Access::read_machine, get_machine_configuration,
       {"What a machine's agent is to do, and what it said of that", {}, "", "MachineConfiguration"}},
      {"PUT", "/api/machines/{id}/configuration", Access::configure_machine, put_machine_configuration,
       {"Sets what holds for one machine, and its groups", trial, "WantedMachineSettings", "Edited"}},
      {"GET", "/api/config", Access::machine, get_agent_configuration,
       {"An agent's settings, when they are new to it", agent_query, "", "AgentConfiguration"}},
      {"GET", "/healthz", Access::anyone, get_health,
       {"The process answers", {}, "", "Health"}},
      {"GET", "/readyz", Access::anyone, get_readiness,
       {"Events could be stored now", {}, "", "Health"}},
      {"GET", "/metrics", Access::monitoring, get_metrics,
       {"Counts for Prometheus", {}, "", "", "text/plain"}},
      {"GET", "/openapi.json", Access::anyone, get_openapi,
       {"This document", {}, "", "Empty"}},
      // The website: no part of the API, and so without words for it. /setup is above.
      {"GET", "/", Access::anyone, get_start_page},
      {"GET", "/machines/{id}", Access::anyone, get_page},
      {"GET", "/machines/{id}/screenshots", Access::anyone, get_page},
      {"GET", "/machines/{id}/configuration", Access::anyone, get_page},
      {"GET", "/team", Access::anyone, get_page},
      {"GET", "/configuration", Access::anyone, get_page},
      {"GET", "/configuration/{group}", Access::anyone, get_page},
      {"GET", "/me", Access::anyone, get_page},
      {"GET", "/admin/machines", Access::anyone, get_page},
      {"GET", "/admin/people", Access::anyone, get_page},
      {"GET", "/admin/tokens", Access::anyone, get_page},
      {"GET", "/admin/audit", Access::anyone, get_page},
      {"GET", "/admin/server", Access::anyone, get_page},
      {"GET", "/login", Access::anyone, get_page},
      {"GET", "/assets/{file}", Access::anyone, get_asset},
      {"GET", "*", Access::anyone, get_nothing},
  };
  // clang-format on
  return table;
}

std::vector<Route> routes(Services& services) {
  std::vector<Route> table;
  for (const Endpoint& endpoint : endpoints()) {
    Route route{.method = endpoint.method, .pattern = endpoint.pattern, .handler = {}, .lane = endpoint.lane};
    route.takes_long_body = endpoint.access == Access::machine;
    route.is_monitoring = endpoint.access == Access::monitoring;
    route.access = static_cast<int>(endpoint.access);
    std::visit([&](auto handler) { route.handler = bound(handler, services); }, endpoint.handler);
    table.push_back(std::move(route));
  }
  return table;
}

}  // namespace activitytrack::server
