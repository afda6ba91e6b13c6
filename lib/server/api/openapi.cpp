#include "core/event_fields.hpp"
#include "core/json_writer.hpp"
#include "server/api/routes.hpp"
#include "server/api/schemas.hpp"

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

std::string openapi_document() {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("openapi", "3.1.0");
  json.key("info").begin_object().field("title", "activitytrack-server").field("version", ACTIVITYTRACK_VERSION);
  json.end_object();
  write_paths(json);
  write_schemas(json.key("components").begin_object().key("schemas"));
  json.key("securitySchemes").raw(security_schemes).end_object().end_object();
  return out;
}

}  // namespace

Result<Response> get_openapi(const Request&, Services&) {
  static const std::string document = openapi_document();
  return Response{.body = document};
}

}  // namespace activitytrack::server
