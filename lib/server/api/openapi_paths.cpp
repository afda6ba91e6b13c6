#include "server/api/openapi_paths.hpp"

#include "server/api/openapi.hpp"
#include "server/api/routes.hpp"

#include <boost/algorithm/string/case_conv.hpp>

#include <algorithm>
#include <cctype>
#include <ranges>
#include <vector>

namespace activitytrack::server {
namespace {

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
  if (access == Access::signed_in || access == Access::admin_signed_in) return {"session"};
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

/// An answer that many operations may give.
struct Refusal {
  int status;
  std::string_view description, field;  ///< and a field that it has, or ""
  bool (*is_of)(const Endpoint&);
};

bool knows_who_asks(const Endpoint& route) { return route.access != Access::anyone; }
bool is_any(const Endpoint&) { return true; }

constexpr Refusal refusals[] = {
    {400, "A parameter or the body is wrong.", "", is_any},
    {401, "Who asks is not known.", "WWW-Authenticate", knows_who_asks},
    {403, "Who asks may not, or asks from another site.", "", knows_who_asks},
    {404, "It is not there.", "", [](const Endpoint& route) { return route.pattern.find('{') != route.pattern.npos; }},
    {429, "Asked too often.", "Retry-After", is_any},
    {503, "Not now.", "Retry-After", is_any},
};

std::string refusal_reference(const Refusal& refusal) {
  return R"({"$ref":"#/components/responses/)" + std::to_string(refusal.status) + R"("})";
}

void write_responses(JsonWriter& json, const Endpoint& route) {
  json.key("responses").begin_object();
  json.key(std::to_string(route.about.status)).begin_object().field("description", "Done.");
  write_content(json, route.about.answer_type, route.about.answer);
  json.end_object();
  if (route.method == "GET" && !route.about.answer.empty()) {
    json.key("304").begin_object().field("description", "As If-None-Match knows it.").end_object();
  }
  for (const Refusal& refusal : refusals) {
    if (refusal.is_of(route)) json.key(std::to_string(refusal.status)).raw(refusal_reference(refusal));
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
    json.key("requestBody").begin_object().field("required", route.about.body != "Empty");
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

}  // namespace

std::string reference(std::string_view name) {
  return R"({"$ref":"#/components/schemas/)" + std::string(name) + R"("})";
}

void write_paths(JsonWriter& json) {
  json.begin_object();
  const auto table = endpoints();
  for (const Endpoint& route : table) {
    const auto is_same = [&](const Endpoint& other) { return other.pattern == route.pattern; };
    if (route.about.summary.empty() || &*std::ranges::find_if(table, is_same) != &route) continue;
    json.key(route.pattern).begin_object();
    for (const Endpoint& method : table) {
      if (is_same(method)) write_operation(json, method);
    }
    json.end_object();
  }
  json.end_object();
}

void write_refusals(JsonWriter& json) {
  json.begin_object();
  for (const Refusal& refusal : refusals) {
    json.key(std::to_string(refusal.status)).begin_object().field("description", refusal.description);
    if (!refusal.field.empty()) {
      json.key("headers").begin_object().key(refusal.field).begin_object();
      json.key("schema").raw(schema::text).end_object().end_object();
    }
    write_content(json, "application/problem+json", "Problem");
    json.end_object();
  }
  json.end_object();
}

}  // namespace activitytrack::server
