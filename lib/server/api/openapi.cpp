#include "server/api/openapi.hpp"

#include "core/event_fields.hpp"
#include "core/json_writer.hpp"
#include "server/api/routes.hpp"

#include <activitytrack/report/summary.hpp>

#include <boost/algorithm/string/case_conv.hpp>

#include <algorithm>
#include <cctype>
#include <ranges>
#include <vector>

namespace activitytrack::server {
namespace {

std::string reference(std::string_view name) {
  return R"({"$ref":"#/components/schemas/)" + std::string(name) + R"("})";
}

/// Property::schema as JSON.
std::string to_json(std::string_view schema) {
  if (schema.starts_with('{')) return std::string(schema);
  if (schema.starts_with('[')) {
    return R"({"type":"array","items":)" + reference(schema.substr(1, schema.size() - 2)) + '}';
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
    json.field("type", "string").key("enum").begin_array();
    for (const auto verdict : {Verdict::genuine, Verdict::scripted, Verdict::mixed, Verdict::none}) {
      json.value(to_string(verdict));
    }
    json.end_array();
  }
  void operator()(std::vector<std::string> Event::*) const {
    json.field("type", "array").field("maxItems", static_cast<std::int64_t>(field.max)).key("items").begin_object();
    json.field("type", "string").field("maxLength", field.max_bytes).end_object();
  }

  void operator()(InputMeasures Event::*) const {
    json.field("type", "object").field("maxProperties", static_cast<std::int64_t>(field.max));
    json.key("additionalProperties").begin_object().field("type", "number").end_object();
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
  // Either answer, by what was asked for: a day, or several.
  json.key("AnySummary").raw(R"({"oneOf":[)" + reference("Summary") + ',' + reference("PeriodSummary") + "]}");
  json.key("AnyTimeline").raw(R"({"oneOf":[)" + reference("Timeline") + ',' + reference("PeriodTimeline") + "]}");
  json.end_object();
}

/// The names of the pattern's `{...}`.
std::vector<std::string_view> path_parameters(std::string_view pattern) {
  std::vector<std::string_view> names;
  for (auto at = pattern.find('{'); at != pattern.npos; at = pattern.find('{', at + 1)) {
    names.push_back(pattern.substr(at + 1, pattern.find('}', at) - at - 1));
  }
  return names;
}

/// "get_api_machines_id"
std::string operation_id(const Endpoint& route) {
  std::string id = boost::algorithm::to_lower_copy(std::string(route.method));
  for (const unsigned char c : route.pattern) {
    if (std::isalnum(c)) {
      id += static_cast<char>(c);
    } else if (id.back() != '_') {
      id += '_';
    }
  }
  if (id.back() == '_') id.pop_back();
  return id;
}

/// The schemes by which the route knows who asks; none where it does not ask.
std::vector<std::string_view> security_of(Access access) {
  if (access == Access::anyone) return {};
  if (access == Access::machine) return {"machine"};
  if (access == Access::enrolment) return {"enrolment"};
  return {"token", "session"};
}

void write_parameters(JsonWriter& json, const Endpoint& route) {
  json.key("parameters").begin_array();
  for (const auto name : path_parameters(route.pattern)) {
    json.begin_object().field("name", name).field("in", "path").field("required", true);
    json.key("schema").raw(schema::text).end_object();
  }
  for (const Parameter& parameter : route.about.query) {
    json.begin_object().field("name", parameter.name).field("in", "query").field("description", parameter.description);
    json.key("schema").raw(parameter.schema).end_object();
  }
  json.end_array();
}

/// `types`: media types with spaces between.
void write_content(JsonWriter& json, std::string_view types, std::string_view schema) {
  json.key("content").begin_object();
  for (const auto type : std::views::split(types, ' ')) {
    json.key({type.begin(), type.end()})
        .begin_object()
        .key("schema")
        .raw(schema.empty() ? std::string(schema::text) : reference(schema));
    json.end_object();
  }
  json.end_object();
}

void write_responses(JsonWriter& json, const Endpoint& route) {
  json.key("responses").begin_object();
  json.key(std::to_string(route.about.status)).begin_object().field("description", "Done.");
  write_content(json, route.about.answer_type, route.about.answer);
  json.end_object();
  if (route.method == "GET" && !route.about.answer.empty()) {
    json.key("304").begin_object().field("description", "As If-None-Match knows it.").end_object();
  }
  json.key("default").begin_object().field("description", "What was wrong.");
  write_content(json, "application/problem+json", "Problem");
  json.end_object().end_object();
}

void write_operation(JsonWriter& json, const Endpoint& route) {
  json.key(boost::algorithm::to_lower_copy(std::string(route.method))).begin_object();
  json.field("operationId", operation_id(route)).field("summary", route.about.summary);
  write_parameters(json, route);
  if (!route.about.body.empty() || route.about.body_type != "application/json") {
    json.key("requestBody").begin_object().field("required", true);
    write_content(json, route.about.body_type, route.about.body);
    json.end_object();
  }
  write_responses(json, route);
  json.key("security").begin_array();
  for (const auto scheme : security_of(route.access)) {
    json.begin_object().key(scheme).begin_array().end_array().end_object();
  }
  json.end_array().end_object();
}

/// Each path once, with all its methods, in the order of the table.
void write_paths(JsonWriter& json) {
  json.key("paths").begin_object();
  const auto table = endpoints();
  for (const Endpoint& route : table) {
    const auto is_same = [&](const Endpoint& other) { return other.pattern == route.pattern; };
    if (&*std::ranges::find_if(table, is_same) != &route) continue;
    json.key(route.pattern).begin_object();
    for (const Endpoint& method : table) {
      if (is_same(method)) write_operation(json, method);
    }
    json.end_object();
  }
  json.end_object();
}

constexpr std::string_view security_schemes = R"({
"machine":{"type":"http","scheme":"bearer","description":"A machine's credential."},
"enrolment":{"type":"http","scheme":"bearer","description":"An enrolment token."},
"token":{"type":"http","scheme":"bearer","description":"A token of a person's, or a program's."},
"session":{"type":"apiKey","in":"cookie","name":"__Host-session","description":"Of who signed in by POST /api/login."}})";

/// `origin`: "" where the server knows none, and the document's own place says it.
std::string openapi_document(std::string_view origin) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("openapi", "3.1.0");
  json.key("info").begin_object().field("title", "activitytrack-server").field("version", ACTIVITYTRACK_VERSION);
  json.end_object();
  json.key("servers").begin_array().begin_object().field("url", origin.empty() ? "/" : origin).end_object().end_array();
  write_paths(json);
  write_schemas(json.key("components").begin_object().key("schemas"));
  json.key("securitySchemes").raw(security_schemes).end_object().end_object();
  return out;
}

}  // namespace

Result<Response> get_openapi(const Request&, Services& services) {
  return Response{.body = openapi_document(services.public_origin)};
}

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
constexpr std::string_view object_or_null = R"({"type":["object","null"]})";
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
      {"Problem",
       {{"type", text}, {"title", text}, {"status", status}, {"detail", text}, {"request_id", text, false}}},
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
        {"status", count}, {"target", "AuditTarget?"}, {"details", object_or_null}}},
      {"AuditTarget", {{"kind", text}, {"id", text}, {"label", text_or_null}}},
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
