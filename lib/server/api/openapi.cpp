#include "server/api/openapi.hpp"

#include "core/event_fields.hpp"
#include "core/json_writer.hpp"
#include "server/accounts/sessions.hpp"
#include "server/api/openapi_paths.hpp"
#include "server/api/routes.hpp"

#include <activitytrack/report/summary.hpp>

#include <vector>

namespace activitytrack::server {
namespace {

/// Property::schema as JSON.
std::string to_json(std::string_view schema) {
  if (schema.starts_with('{')) return std::string(schema);
  if (schema.starts_with('[')) {
    schema = schema.substr(1, schema.size() - 2);
    const auto space = schema.find(' ');
    const std::string most = space == schema.npos ? "" : ",\"maxItems\":" + std::string(schema.substr(space + 1));
    return R"({"type":"array","items":)" + reference(schema.substr(0, space)) + most + '}';
  }
  if (schema.ends_with('?')) {
    schema.remove_suffix(1);
    return R"({"oneOf":[)" + reference(schema) + R"(,{"type":"null"}]})";
  }
  return reference(schema);
}

/// Up to the `properties`, of which these are the names; two objects are to be ended then.
template <class Members>
void begin_object_schema(JsonWriter& json, std::string_view name, const Members& members) {
  json.key(name).begin_object().field("type", "object").key("required").begin_array();
  for (const auto& member : members) {
    if (member.required) json.value(member.name);
  }
  json.end_array().key("properties").begin_object();
}

void write_object(JsonWriter& json, const ObjectSchema& object) {
  begin_object_schema(json, object.name, object.properties);
  for (const Property& property : object.properties) json.key(property.name).raw(to_json(property.schema));
  json.end_object().end_object();
}

/// The schema of one field of Event; an overload for each type a member has.
struct FieldSchema {
  JsonWriter& json;
  const EventField& field;

  void operator()(std::int64_t Event::*) const { numeric("integer"); }
  void operator()(std::optional<std::int64_t> Event::*) const { numeric("integer"); }
  void operator()(double Event::*) const { numeric("number"); }
  void operator()(std::optional<double> Event::*) const { numeric("number"); }
  void operator()(bool Event::*) const { json.field("type", "boolean"); }
  void operator()(Time Event::*) const { json.field("type", "string").field("format", "date-time"); }
  void operator()(std::string Event::*) const {
    json.field("type", "string").field("maxLength", field.max_bytes);
    if (field.required) json.field("minLength", 1);
  }
  void operator()(Verdict Event::*) const {
    words({Verdict::genuine, Verdict::scripted, Verdict::mixed, Verdict::none});
  }
  void operator()(std::optional<Gap> Event::*) const {
    words({Gap::asleep, Gap::paused, Gap::stopped, Gap::off, Gap::blind, Gap::clock});
  }
  void operator()(std::vector<std::string> Event::*) const {
    json.field("type", "array").field("maxItems", static_cast<std::int64_t>(field.max)).key("items").begin_object();
    json.field("type", "string").field("maxLength", field.max_bytes).end_object();
  }

  void operator()(InputMeasures Event::*) const {
    json.field("type", "object").field("maxProperties", static_cast<std::int64_t>(field.max));
    json.key("additionalProperties").begin_object().field("type", "number").end_object();
  }

  template <class Enum>
  void words(std::initializer_list<Enum> all) const {
    json.field("type", "string").key("enum").begin_array();
    for (const Enum each : all) json.value(to_string(each));
    json.end_array();
  }

  void numeric(std::string_view type) const {
    json.field("type", type).field("minimum", field.min).field("maximum", field.max);
  }
};

void write_event(JsonWriter& json) {
  begin_object_schema(json, "Event", event_fields());
  for (const EventField& field : event_fields()) {
    json.key(field.name).begin_object();
    std::visit(FieldSchema{json, field}, field.member);
    json.end_object();
  }
  json.end_object().end_object();
}

/// {"Event":{...},"Machine":{...},...}
void write_schemas(JsonWriter& json) {
  json.begin_object();
  write_event(json);
  for (const ObjectSchema& object : object_schemas()) write_object(json, object);
  for (const ObjectSchema& object : fleet_schemas()) write_object(json, object);
  for (const ObjectSchema& object : activity_schemas()) write_object(json, object);
  // Either answer, by what was asked for: a day, or several.
  json.key("AnySummary").raw(R"({"oneOf":[)" + reference("Summary") + ',' + reference("PeriodSummary") + "]}");
  json.key("AnyTimeline").raw(R"({"oneOf":[)" + reference("Timeline") + ',' + reference("PeriodTimeline") + "]}");
  json.end_object();
}

constexpr std::string_view security_schemes = R"({
"machine":{"type":"http","scheme":"bearer","description":"A machine's credential."},
"enrolment":{"type":"http","scheme":"bearer","description":"An enrolment token."},
"token":{"type":"http","scheme":"bearer","description":"A token of a person's, or a program's."},
"session":{"type":"apiKey","in":"cookie","description":"Of who signed in by POST /api/login.","name":)";

std::string text_of(void (*write)(JsonWriter&)) {
  std::string text;
  JsonWriter json(text);
  write(json);
  return text;
}

/// Anybody may ask for the document, so what is the same for all is written only once.
/// `origin`: "" where the server knows none, and the document's own place says it. `cookie`: a session's, by its name.
std::string openapi_document(std::string_view origin, std::string_view cookie) {
  static const std::string paths = text_of(write_paths), schemas = text_of(write_schemas),
                           refusals = text_of(write_refusals);
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("openapi", "3.1.0");
  json.key("info").begin_object().field("title", "activitytrack-server").field("version", ACTIVITYTRACK_VERSION);
  json.key("license").begin_object().field("name", "MIT").field("identifier", "MIT").end_object().end_object();
  json.key("servers").begin_array().begin_object().field("url", origin.empty() ? "/" : origin).end_object().end_array();
  json.key("paths").raw(paths);
  json.key("components").begin_object().key("schemas").raw(schemas).key("responses").raw(refusals);
  json.key("securitySchemes").raw(std::string(security_schemes) + '"' + std::string(cookie) + "\"}}");
  json.end_object().end_object();
  return out;
}

}  // namespace

Result<Response> get_openapi(const Request& request, Services& services) {
  const bool is_by_tls = request.is_secure || services.public_origin.starts_with("https:");
  return Response{.body = openapi_document(services.public_origin, cookie_name(Cookie::session, is_by_tls))};
}

namespace schema {

constexpr std::string_view interval = R"({"type":"integer","minimum":1,"maximum":86400})";
constexpr std::string_view capture = R"({"type":"string","enum":["working","paused","failing"]})";
constexpr std::string_view said_state = R"({"type":"string","enum":["applied","refused","reverted","needs_restart"]})";
constexpr std::string_view gap_state = R"({"type":"string","enum":["asleep","paused","stopped","blind"]})";
constexpr std::string_view gap_name = R"({"type":"string","enum":["asleep","paused","stopped","off","blind","clock"]})";
constexpr std::string_view hour_of_day = R"({"type":"integer","minimum":0,"maximum":23})";
constexpr std::string_view status = R"({"type":"integer","minimum":400,"maximum":599})";
constexpr std::string_view format = R"({"type":"string","enum":["jpeg","sealed","none"]})";
constexpr std::string_view state = R"({"type":"string","enum":["stored","wanted"]})";
constexpr std::string_view minutes = R"({"type":"integer"})";
constexpr std::string_view object_or_null = R"({"type":["object","null"]})";
constexpr std::string_view any = "{}";
constexpr std::string_view texts_or_null = R"({"type":["array","null"],"items":{"type":"string"}})";
constexpr std::string_view setting_type = R"({"type":"string","enum":["boolean","integer","string","list"]})";
constexpr std::string_view remote = R"({"type":"string","enum":["free","tighten","never"]})";
constexpr std::string_view wave_sec = R"({"type":"integer","minimum":10,"maximum":86400})";
constexpr std::string_view wave = R"({"type":"integer","minimum":1,"maximum":3})";
constexpr std::string_view wave_machines = R"({"type":"array","items":{"type":"integer","minimum":0},"maxItems":3})";
constexpr std::string_view rollout_state = R"({"type":"string","enum":["running","held","done","abandoned"]})";
constexpr std::string_view rollout_state_or_null =
    R"({"type":["string","null"],"enum":["running","held","done","abandoned",null]})";
constexpr std::string_view rollout_action = R"({"type":"string","enum":["continue","hold","abandon"]})";
constexpr std::string_view failed_state = R"({"type":"string","enum":["refused","reverted","silent"]})";
constexpr std::string_view second_factor = R"({"type":"string","enum":["code","wrong","enrol"]})";
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
  properties.push_back({"top_apps", "[App 10]"});
  return properties;
}

}  // namespace

std::vector<ObjectSchema> object_schemas() {
  using namespace schema;
  // clang-format off
  return {
      {"Problem",
       {{"type", text}, {"title", text}, {"status", status}, {"detail", text}, {"request_id", text, false},
        {"second_factor", second_factor, false}, {"errors", "[FieldError]", false}, {"current", fields, false}}},
      {"FieldError", {{"field", text}, {"reason", text}}},
      {"Health", {{"status", text}}},
      {"Erasure", {{"status", text}}},
      {"Empty", {}},

      // Events and machines.
      {"Agent",
       {{"version", text}, {"collect_interval_sec", interval}, {"send_interval_sec", interval}, {"capture", capture},
        {"machine_id", text, false}, {"state", gap_state, false}, {"since", time, false},
        {"may_loosen", truth, false}, {"configuration_version", count, false}, {"configuration_state", said_state, false},
        {"configuration_change", count, false}, {"configuration_error_version", count, false},
        {"configuration_error_key", text, false}, {"configuration_error", text, false}}},
      {"Batch", {{"agent", "Agent", false}, {"events", "[Event 10000]"}}},
      {"Rejected", {{"index", count}, {"field", text}, {"error", text}}},
      {"BatchAnswer", {{"accepted", count}, {"duplicates", count}, {"rejected", "[Rejected 10000]"}, {"adjusted", "[Adjusted]", false},
        {"configuration_version", count, false}}},
      {"Adjusted", {{"index", count}, {"field", text}, {"note", text}}},
      {"Machine",
       {{"machine_id", text}, {"user_label", text_or_null}, {"first_seen", time}, {"last_seen", time},
        {"timezone", text_or_null}, {"latest_event", time}, {"state", machine_state}, {"agent", "Agent?"},
        {"events_today", count}, {"rejected_events", count}, {"latest_rejection", "Rejection?"}, {"demo", truth, false}}},
      {"Rejection", {{"at", time}, {"field", text}, {"error", text}}},
      {"MachinePage", {{"machines", "[Machine 1000]"}, {"next_cursor", text_or_null}}},
      {"Label", {{"user_label", text_or_null}}},
      {"EventPage", {{"events", "[Event 10000]"}, {"next_cursor", text_or_null}}},

      // Summaries and timelines.
      {"Percent", {{"mean", number}, {"max", number}}},
      {"App", {{"app", text}, {"active_sec", number}, {"key_count", count}, {"rest", truth, false}}},
      {"Summary",
       with_totals({{"machine_id", text}, {"date", date}, {"timezone", text}, {"start", time}, {"end", time},
                    {"apps", "[App]", false}})},
      {"Hour", with_totals({{"start", time}, {"hour", hour_of_day}})},
      {"Gap", {{"from", time}, {"to", time}, {"name", gap_name}}},
      {"Timeline",
       {{"machine_id", text}, {"date", date}, {"timezone", text}, {"hours", "[Hour]"}, {"gaps", "[Gap 1002]"}}},
      {"PeriodSummary",
       with_totals({{"machine_id", text}, {"from", date}, {"to", date}, {"timezone", text}, {"start", time},
                    {"end", time}, {"apps", "[App]", false}})},
      {"Day", with_totals({{"date", date}})},
      {"PeriodTimeline",
       {{"machine_id", text}, {"from", date}, {"to", date}, {"timezone", text}, {"start", time}, {"end", time},
        {"days", "[Day 3660]"}}},

      // People, machines' credentials, the audit log.
      {"LoginWays", {{"password", truth}, {"openid", truth}}},
      {"Login", {{"user", text}, {"password", text}, {"code", text, false}}},
      {"SecondFactor", {{"secret", text}, {"uri", text}}},
      {"OwnPassword", {{"password", text}}},
      {"Setup", {{"token", text}, {"user", text}, {"password", text}}},
      {"NewPassword", {{"old_password", text}, {"password", text}, {"keep_tokens", truth, false}}},
      {"Me", {{"user", text}, {"role", role}, {"machines", texts}, {"recovery_codes", texts, false}}},
      {"FirstUser", {{"user", text}, {"role", role}}},
      {"User", {{"user", text}, {"role", role}, {"machines", texts}, {"created_at", time}}},
      {"Users", {{"users", "[User 1000]"}, {"next_cursor", text_or_null}}},
      {"Ended", {{"sessions", count}, {"tokens", count}, {"enroll_tokens", count}}},
      {"EndedAnswer", {{"ended", "Ended"}}},
      {"ChangedUser",
       {{"user", text}, {"role", role}, {"machines", texts}, {"created_at", time}, {"ended", "Ended"}}},
      {"Session",
       {{"id", text}, {"created_at", time}, {"used_at", time}, {"client", text}, {"user_agent", text},
        {"current", truth}}},
      {"Sessions", {{"sessions", "[Session]"}}},
      {"UserWanted", {{"user", text}, {"role", role}, {"password", text}, {"machines", texts, false}}},
      {"UserChange", {{"role", role, false}, {"password", text, false}, {"machines", texts, false}}},
      {"Enrolment", {{"machine_id", text}}},
      {"MachineCredential", {{"machine_id", text}, {"credential", text}}},
      {"Credential", {{"id", text}, {"created_at", time}, {"used_at", time_or_null}}},
      {"Credentials", {{"credentials", "[Credential]"}}},
      {"Revoked", {{"revoked", count}}},
      {"EnrollToken",
       {{"id", text}, {"label", text}, {"created_at", time}, {"expires_at", time}, {"uses", count},
        {"uses_left", count}, {"replace", truth}, {"made_by", text_or_null}}},
      {"EnrollTokens", {{"enroll_tokens", "[EnrollToken 1000]"}, {"next_cursor", text_or_null}}},
      {"EnrollTokenWanted",
       {{"label", text, false}, {"uses", count, false}, {"expires_hours", count, false}, {"replace", truth, false}}},
      {"NewToken", {{"id", text}, {"token", text}, {"expires_at", time}}},
      {"Token",
       {{"id", text}, {"user", text}, {"label", text}, {"may_write", truth}, {"created_at", time}, {"expires_at", time},
        {"used_at", time_or_null}, {"made_by", text_or_null}, {"parent", text_or_null}}},
      {"Tokens", {{"tokens", "[Token 1000]"}, {"next_cursor", text_or_null}}},
      {"TokenWanted",
       {{"user", text, false}, {"label", text, false}, {"expires_days", count, false}, {"may_write", truth, false}}},
      {"AuditEntry",
       {{"at", time}, {"kind", text}, {"name", text}, {"action", text}, {"machine_id", text_or_null}, {"client", text},
        {"status", count}, {"target", "AuditTarget?"}, {"details", object_or_null}}},
      {"AuditTarget", {{"kind", text}, {"id", text}, {"label", text_or_null}}},
      {"Access",
       {{"at", time}, {"name", text}, {"kind", text}, {"action", text}, {"machine_id", text}, {"status", count},
        {"count", count}}},
      {"Accesses", {{"entries", "[Access 1000]"}, {"next_cursor", text_or_null}}},
      {"AuditPage", {{"entries", "[AuditEntry 10000]"}, {"next_cursor", text_or_null}}},

      // Agents' configuration.
      {"Setting",
       {{"key", text}, {"type", setting_type}, {"unit", text_or_null}, {"min", integer_or_null},
        {"max", integer_or_null}, {"choices", texts_or_null}, {"default", any}, {"help", text}, {"section", text},
        {"needs_restart", truth}, {"secret", truth}, {"remote", remote}}},
      {"SettingTable", {{"settings", "[Setting]"}}},
      {"ConfigurationGroup", {{"group", text}, {"settings", fields}, {"version", count}, {"machines", count}}},
      {"Configuration",
       {{"version", count}, {"order_version", count}, {"defaults", fields}, {"defaults_version", count},
        {"groups", "[ConfigurationGroup]"}, {"origins", fields}}},
      {"ConfiguredMachine",
       {{"machine_id", text}, {"user_label", text_or_null}, {"groups", texts}, {"settings", fields},
        {"version", count}, {"applied_version", count}, {"state", settings_state}, {"left_out", texts},
        {"error", "ConfigurationError?"}, {"may_loosen", truth}, {"local", texts}, {"asked_at", time_or_null},
        {"last_seen", time}}},
      {"ConfigurationMachinePage", {{"machines", "[ConfiguredMachine 5000]"}, {"next_cursor", text_or_null}}},
      {"WantedRollout", {{"wave_sec", wave_sec, false}}},
      {"WantedSettings", {{"settings", fields}, {"note", text, false}, {"rollout", "WantedRollout", false}}},
      {"WantedOrder", {{"order", texts}, {"note", text, false}, {"rollout", "WantedRollout", false}}},
      {"WantedMachineSettings",
       {{"settings", fields, false}, {"groups", texts, false}, {"note", text, false},
        {"rollout", "WantedRollout", false}}},
      {"WantedRollback", {{"version", count}, {"note", text, false}, {"rollout", "WantedRollout", false}}},
      {"WantedRolloutAction", {{"action", rollout_action}, {"version", count}, {"note", text, false}}},
      {"Effect",
       {{"key", text}, {"from", any}, {"to", any}, {"machines", count}, {"wanted", count}, {"changes", count},
        {"left_out", count}, {"loosened", count}}},
      {"Concerned", {{"count", count}, {"machines", texts}}},
      {"Edited",
       {{"version", count}, {"effects", "[Effect]", false}, {"changed", "Concerned", false},
        {"left_out", "Concerned", false}, {"loosened", "Concerned", false},
        {"waves", wave_machines, false}}},
      {"RolloutWave",
       {{"machines", count}, {"applied", count}, {"pending", count}, {"offline", count}, {"refused", count},
        {"reverted", count}, {"silent", count}}},
      {"RolloutFailure",
       {{"machine_id", text}, {"state", failed_state}, {"key", text_or_null}, {"reason", text_or_null}, {"at", time}}},
      {"Rollout",
       {{"version", count}, {"state", rollout_state}, {"by", text}, {"started_at", time}, {"wave", wave},
        {"wave_ends_at", time_or_null}, {"wave_sec", wave_sec}, {"reason", text_or_null}, {"waves", "[RolloutWave 3]"},
        {"failures", "[RolloutFailure 100]"}}},
      {"LatestRollout", {{"rollout", "Rollout?"}}},
      {"ChangedSetting", {{"scope", text}, {"key", text}, {"from", any}, {"to", any}}},
      {"Version",
       {{"version", count}, {"at", time}, {"by", text}, {"note", text}, {"rolled_back_to", integer_or_null},
        {"rollout", rollout_state_or_null}, {"changes", "[ChangedSetting]"}}},
      {"VersionPage", {{"versions", "[Version 1000]"}, {"next_cursor", text_or_null}}},
      {"ConfigurationError", {{"key", text}, {"reason", text}}},
      {"MachineConfiguration",
       {{"groups", texts}, {"settings", fields}, {"settings_version", count}, {"effective", fields},
        {"version", count}, {"applied_version", count}, {"state", settings_state},
        {"waits_for_wave", integer_or_null}, {"left_out", texts},
        {"error", "ConfigurationError?"}, {"may_loosen", truth}, {"local", fields}, {"origins", fields},
        {"asked_at", time_or_null}}},
      {"AgentConfiguration", {{"version", count}, {"settings", fields}, {"left_out", texts, false}}},

      // Screenshots.
      {"Screenshot",
       {{"machine_id", text}, {"id", text}, {"taken_at", time}, {"timezone", text, false}, {"utc_offset_min", minutes},
        {"monitor", text, false}, {"width", count}, {"height", count}, {"format", format}, {"same_as", text, false},
        {"size", count, false}, {"sha256", text, false}, {"received_at", time, false}}},
      {"ScreenshotPage", {{"screenshots", "[Screenshot 1000]"}, {"next_cursor", text_or_null}}},
      {"ScreenshotPut", {{"url", text}, {"fields", fields}}},
      {"ScreenshotAnswer", {{"state", state}, {"offset", count, false}, {"put", "ScreenshotPut", false}}},
  };
  // clang-format on
}

}  // namespace activitytrack::server
