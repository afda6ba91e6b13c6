#include "server/api/schemas.hpp"

#include "report/summary.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace activitytrack::server {
namespace schema {

constexpr std::string_view interval = R"({"type":"integer","minimum":1,"maximum":86400})";
constexpr std::string_view capture = R"({"type":"string","enum":["working","paused","failing"]})";
constexpr std::string_view liveness =
    R"({"type":"string","enum":["active","idle","paused","capture_failing","offline"]})";
constexpr std::string_view hour_of_day = R"({"type":"integer","minimum":0,"maximum":23})";
constexpr std::string_view status = R"({"type":"integer","minimum":400,"maximum":599})";

constexpr Property problem[] = {{"type", text}, {"title", text}, {"status", status}, {"detail", text}};
constexpr Property status_alone[] = {{"status", text}};

constexpr Property agent[] = {
    {"version", text}, {"collect_interval_sec", interval}, {"send_interval_sec", interval}, {"capture", capture}};
constexpr Property batch[] = {{"agent", "Agent", false}, {"events", "[Event]"}};
constexpr Property rejected[] = {{"index", count}, {"field", text}, {"error", text}};
constexpr Property batch_answer[] = {{"accepted", count}, {"duplicates", count}, {"rejected", "[Rejected]"}};

constexpr Property machine[] = {{"machine_id", text}, {"user_label", text_or_null}, {"first_seen", time},
                                {"last_seen", time},  {"timezone", text_or_null},   {"latest_event", time},
                                {"state", liveness},  {"agent", "Agent?"}};
constexpr Property machine_page[] = {{"machines", "[Machine]"}, {"next_cursor", text_or_null}};
constexpr Property label[] = {{"user_label", text_or_null}};
constexpr Property event_page[] = {{"events", "[Event]"}, {"next_cursor", text_or_null}};

constexpr Property percent[] = {{"mean", number}, {"max", number}};
constexpr Property app[] = {{"app", text}, {"active_sec", number}, {"key_count", count}};

// What every summary and every row of a timeline has, after what says which it is.
constexpr Property times_and_load[] = {
    {"observed_sec", number},    {"active_sec", number},           {"idle_sec", number},
    {"scripted_sec", number},    {"first_activity", time_or_null}, {"last_activity", time_or_null},
    {"cpu_percent", "Percent?"}, {"ram_used_percent", "Percent?"}, {"disk_used_percent", "Percent?"}};
constexpr auto totals = [] {
  std::array<Property, 1 + summed_fields.size() + std::size(times_and_load) + 1> properties;
  auto next = properties.begin();
  const auto add_sums = [&](bool of_input) {
    for (const SummedField& row : summed_fields)
      if (row.of_input() == of_input) *next++ = {row.name, count};
  };
  *next++ = {"events", count};
  add_sums(true);
  next = std::ranges::copy(times_and_load, next).out;
  add_sums(false);
  *next = {"top_apps", "[App]"};
  return properties;
}();

constexpr Property summary[] = {{"machine_id", text}, {"date", date}, {"timezone", text},
                                {"start", time},      {"end", time},  {"apps", "[App]", false}};
constexpr Property hour[] = {{"start", time}, {"hour", hour_of_day}};
constexpr Property timeline[] = {{"machine_id", text}, {"date", date}, {"timezone", text}, {"hours", "[Hour]"}};
constexpr Property period_summary[] = {{"machine_id", text},    {"from", date},  {"to", date},
                                       {"timezone", text},      {"start", time}, {"end", time},
                                       {"apps", "[App]", false}};
constexpr Property day[] = {{"date", date}};
constexpr Property period_timeline[] = {{"machine_id", text}, {"from", date}, {"to", date},     {"timezone", text},
                                        {"start", time},      {"end", time},  {"days", "[Day]"}};

// People, machines' credentials, the audit log.
constexpr Property login[] = {{"user", text}, {"password", text}};
constexpr Property setup[] = {{"token", text}, {"user", text}, {"password", text}};
constexpr Property new_password[] = {{"old_password", text}, {"password", text}};
constexpr Property me[] = {{"user", text}, {"role", role}, {"machines", texts}};
constexpr Property first_user[] = {{"user", text}, {"role", role}};
constexpr Property user[] = {{"user", text}, {"role", role}, {"machines", texts}, {"created_at", time}};
constexpr Property users[] = {{"users", "[User]"}};
constexpr Property user_wanted[] = {{"user", text}, {"role", role}, {"password", text}, {"machines", texts, false}};
constexpr Property user_change[] = {{"role", role, false}, {"password", text, false}, {"machines", texts, false}};

constexpr Property enrolment[] = {{"machine_id", text}};
constexpr Property machine_credential[] = {{"machine_id", text}, {"credential", text}};
constexpr Property credential[] = {{"id", text}, {"created_at", time}, {"used_at", time_or_null}};
constexpr Property credentials[] = {{"credentials", "[Credential]"}};
constexpr Property revoked[] = {{"revoked", count}};
constexpr Property enroll_token[] = {{"id", text},    {"label", text},      {"created_at", time}, {"expires_at", time},
                                     {"uses", count}, {"uses_left", count}, {"replace", truth}};
constexpr Property enroll_tokens[] = {{"enroll_tokens", "[EnrollToken]"}};
constexpr Property enroll_token_wanted[] = {
    {"label", text, false}, {"uses", count, false}, {"expires_hours", count, false}, {"replace", truth, false}};
constexpr Property new_token[] = {{"id", text}, {"token", text}, {"expires_at", time}};
constexpr Property token[] = {
    {"id", text},         {"user", text},       {"label", text},          {"may_write", truth},
    {"created_at", time}, {"expires_at", time}, {"used_at", time_or_null}};
constexpr Property tokens[] = {{"tokens", "[Token]"}};
constexpr Property token_wanted[] = {
    {"user", text, false}, {"label", text, false}, {"expires_days", count, false}, {"may_write", truth, false}};

constexpr Property audit_entry[] = {
    {"at", time},     {"kind", text},   {"name", text}, {"action", text}, {"machine_id", text_or_null},
    {"client", text}, {"status", count}};
constexpr Property audit_page[] = {{"entries", "[AuditEntry]"}, {"next_cursor", text_or_null}};

// Screenshots.
constexpr std::string_view format = R"({"type":"string","enum":["jpeg","sealed","none"]})";
constexpr std::string_view state = R"({"type":"string","enum":["stored","wanted"]})";
constexpr std::string_view minutes = R"({"type":"integer"})";
constexpr std::string_view fields = R"({"type":"object","properties":{}})";

constexpr Property screenshot[] = {{"machine_id", text},
                                   {"id", text},
                                   {"taken_at", time},
                                   {"timezone", text, false},
                                   {"utc_offset_min", minutes},
                                   {"monitor", text, false},
                                   {"width", count},
                                   {"height", count},
                                   {"format", format},
                                   {"same_as", text, false},
                                   {"size", count, false},
                                   {"sha256", text, false},
                                   {"received_at", time, false}};
constexpr Property page[] = {{"screenshots", "[Screenshot]"}, {"next_cursor", text_or_null}};
constexpr Property put[] = {{"url", text}, {"fields", fields}};
constexpr Property answer[] = {{"state", state}, {"offset", count, false}, {"put", "ScreenshotPut", false}};

constexpr ObjectSchema all[] = {
    {"Problem", problem},
    {"Health", status_alone},
    {"Erasure", status_alone},
    {"Empty", {}},
    {"Agent", agent},
    {"Batch", batch},
    {"Rejected", rejected},
    {"BatchAnswer", batch_answer},
    {"Machine", machine},
    {"MachinePage", machine_page},
    {"Label", label},
    {"EventPage", event_page},
    {"Percent", percent},
    {"App", app},
    {"Summary", summary, totals},
    {"Hour", hour, totals},
    {"Timeline", timeline},
    {"PeriodSummary", period_summary, totals},
    {"Day", day, totals},
    {"PeriodTimeline", period_timeline},
    {"Login", login},
    {"Setup", setup},
    {"NewPassword", new_password},
    {"Me", me},
    {"FirstUser", first_user},
    {"User", user},
    {"Users", users},
    {"UserWanted", user_wanted},
    {"UserChange", user_change},
    {"Enrolment", enrolment},
    {"MachineCredential", machine_credential},
    {"Credential", credential},
    {"Credentials", credentials},
    {"Revoked", revoked},
    {"EnrollToken", enroll_token},
    {"EnrollTokens", enroll_tokens},
    {"EnrollTokenWanted", enroll_token_wanted},
    {"NewToken", new_token},
    {"Token", token},
    {"Tokens", tokens},
    {"TokenWanted", token_wanted},
    {"AuditEntry", audit_entry},
    {"AuditPage", audit_page},
    {"Screenshot", screenshot},
    {"ScreenshotPage", page},
    {"ScreenshotPut", put},
    {"ScreenshotAnswer", answer},
};

}  // namespace schema

std::span<const ObjectSchema> object_schemas() noexcept { return schema::all; }

}  // namespace activitytrack::server
