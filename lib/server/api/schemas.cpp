#include "server/api/schemas.hpp"

#include <activitytrack/report/summary.hpp>

namespace activitytrack::server {
namespace schema {

constexpr std::string_view interval = R"({"type":"integer","minimum":1,"maximum":86400})";
constexpr std::string_view capture = R"({"type":"string","enum":["working","paused","failing"]})";
constexpr std::string_view machine_state =
    R"({"type":"string","enum":["active","idle","paused","capture_failing","offline"]})";
constexpr std::string_view hour_of_day = R"({"type":"integer","minimum":0,"maximum":23})";
constexpr std::string_view status = R"({"type":"integer","minimum":400,"maximum":599})";
constexpr std::string_view format = R"({"type":"string","enum":["jpeg","sealed","none"]})";
constexpr std::string_view state = R"({"type":"string","enum":["stored","wanted"]})";
constexpr std::string_view minutes = R"({"type":"integer"})";
constexpr std::string_view fields = R"({"type":"object","properties":{}})";

}  // namespace schema

namespace {

/// Adds what every summary and every row of a timeline has, after what says which it is.
std::vector<Property> with_totals(std::vector<Property> properties) {
  using schema::count, schema::number, schema::time_or_null;
  const auto add_sums = [&](bool of_input) {
    for (const SummedField& row : summed_fields)
      if (row.of_input() == of_input) properties.push_back({row.name, count});
  };
  properties.push_back({"events", count});
  add_sums(true);
  for (const auto name : {"observed_sec", "active_sec", "idle_sec", "scripted_sec"})
    properties.push_back({name, number});
  for (const auto name : {"first_activity", "last_activity"}) properties.push_back({name, time_or_null});
  for (const auto name : {"cpu_percent", "ram_used_percent", "disk_used_percent"})
    properties.push_back({name, "Percent?"});
  add_sums(false);
  properties.push_back({"top_apps", "[App]"});
  return properties;
}

}  // namespace

std::vector<ObjectSchema> object_schemas() {
  using namespace schema;
  // clang-format off
  return {
      {"Problem", {{"type", text}, {"title", text}, {"status", status}, {"detail", text}}},
      {"Health", {{"status", text}}},
      {"Erasure", {{"status", text}}},
      {"Empty", {}},

      // Events and machines.
      {"Agent",
       {{"version", text}, {"collect_interval_sec", interval}, {"send_interval_sec", interval}, {"capture", capture}}},
      {"Batch", {{"agent", "Agent", false}, {"events", "[Event]"}}},
      {"Rejected", {{"index", count}, {"field", text}, {"error", text}}},
      {"BatchAnswer", {{"accepted", count}, {"duplicates", count}, {"rejected", "[Rejected]"}}},
      {"Machine",
       {{"machine_id", text}, {"user_label", text_or_null}, {"first_seen", time}, {"last_seen", time},
        {"timezone", text_or_null}, {"latest_event", time}, {"state", machine_state}, {"agent", "Agent?"}}},
      {"MachinePage", {{"machines", "[Machine]"}, {"next_cursor", text_or_null}}},
      {"Label", {{"user_label", text_or_null}}},
      {"EventPage", {{"events", "[Event]"}, {"next_cursor", text_or_null}}},

      // Summaries and timelines.
      {"Percent", {{"mean", number}, {"max", number}}},
      {"App", {{"app", text}, {"active_sec", number}, {"key_count", count}}},
      {"Summary",
       with_totals({{"machine_id", text}, {"date", date}, {"timezone", text}, {"start", time}, {"end", time},
                    {"apps", "[App]", false}})},
      {"Hour", with_totals({{"start", time}, {"hour", hour_of_day}})},
      {"Timeline", {{"machine_id", text}, {"date", date}, {"timezone", text}, {"hours", "[Hour]"}}},
      {"PeriodSummary",
       with_totals({{"machine_id", text}, {"from", date}, {"to", date}, {"timezone", text}, {"start", time},
                    {"end", time}, {"apps", "[App]", false}})},
      {"Day", with_totals({{"date", date}})},
      {"PeriodTimeline",
       {{"machine_id", text}, {"from", date}, {"to", date}, {"timezone", text}, {"start", time}, {"end", time},
        {"days", "[Day]"}}},

      // People, machines' credentials, the audit log.
      {"Login", {{"user", text}, {"password", text}}},
      {"Setup", {{"token", text}, {"user", text}, {"password", text}}},
      {"NewPassword", {{"old_password", text}, {"password", text}}},
      {"Me", {{"user", text}, {"role", role}, {"machines", texts}}},
      {"FirstUser", {{"user", text}, {"role", role}}},
      {"User", {{"user", text}, {"role", role}, {"machines", texts}, {"created_at", time}}},
      {"Users", {{"users", "[User]"}}},
      {"UserWanted", {{"user", text}, {"role", role}, {"password", text}, {"machines", texts, false}}},
      {"UserChange", {{"role", role, false}, {"password", text, false}, {"machines", texts, false}}},
      {"Enrolment", {{"machine_id", text}}},
      {"MachineCredential", {{"machine_id", text}, {"credential", text}}},
      {"Credential", {{"id", text}, {"created_at", time}, {"used_at", time_or_null}}},
      {"Credentials", {{"credentials", "[Credential]"}}},
      {"Revoked", {{"revoked", count}}},
      {"EnrollToken",
       {{"id", text}, {"label", text}, {"created_at", time}, {"expires_at", time}, {"uses", count},
        {"uses_left", count}, {"replace", truth}}},
      {"EnrollTokens", {{"enroll_tokens", "[EnrollToken]"}}},
      {"EnrollTokenWanted",
       {{"label", text, false}, {"uses", count, false}, {"expires_hours", count, false}, {"replace", truth, false}}},
      {"NewToken", {{"id", text}, {"token", text}, {"expires_at", time}}},
      {"Token",
       {{"id", text}, {"user", text}, {"label", text}, {"may_write", truth}, {"created_at", time}, {"expires_at", time},
        {"used_at", time_or_null}}},
      {"Tokens", {{"tokens", "[Token]"}}},
      {"TokenWanted",
       {{"user", text, false}, {"label", text, false}, {"expires_days", count, false}, {"may_write", truth, false}}},
      {"AuditEntry",
       {{"at", time}, {"kind", text}, {"name", text}, {"action", text}, {"machine_id", text_or_null}, {"client", text},
        {"status", count}}},
      {"AuditPage", {{"entries", "[AuditEntry]"}, {"next_cursor", text_or_null}}},

      // Screenshots.
      {"Screenshot",
       {{"machine_id", text}, {"id", text}, {"taken_at", time}, {"timezone", text, false}, {"utc_offset_min", minutes},
        {"monitor", text, false}, {"width", count}, {"height", count}, {"format", format}, {"same_as", text, false},
        {"size", count, false}, {"sha256", text, false}, {"received_at", time, false}}},
      {"ScreenshotPage", {{"screenshots", "[Screenshot]"}, {"next_cursor", text_or_null}}},
      {"ScreenshotPut", {{"url", text}, {"fields", fields}}},
      {"ScreenshotAnswer", {{"state", state}, {"offset", count, false}, {"put", "ScreenshotPut", false}}},
  };
  // clang-format on
}

}  // namespace activitytrack::server
