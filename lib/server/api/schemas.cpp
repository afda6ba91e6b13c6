#include "server/api/schemas.hpp"

#include "core/json_writer.hpp"

#include "core/event_fields.hpp"

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

void write_object(JsonWriter& json, const ObjectSchema& object) {
  json.key(object.name).begin_object().field("type", "object").key("required").begin_array();
  for (const auto& properties : {object.properties, object.more}) {
    for (const Property& property : properties) {
      if (property.required) json.value(property.name);
    }
  }
  json.end_array().key("properties").begin_object();
  for (const auto& properties : {object.properties, object.more}) {
    for (const Property& property : properties) json.key(property.name).raw(to_json(property.schema));
  }
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
  json.key("Event").begin_object().field("type", "object").key("required").begin_array();
  for (const EventField& field : event_fields()) {
    if (field.required) json.value(field.name);
  }
  json.end_array().key("properties").begin_object();
  for (const EventField& field : event_fields()) {
    json.key(field.name).begin_object();
    std::visit(FieldSchema{json, field}, field.member);
    json.end_object();
  }
  json.end_object().end_object();
}

}  // namespace

std::string schemas_json() {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_event(json);
  for (const auto& objects : {activity_schemas(), account_schemas(), screenshot_schemas()}) {
    for (const ObjectSchema& object : objects) write_object(json, object);
  }
  // Either answer, by what was asked for: a day, or several.
  json.key("AnySummary").raw(R"({"oneOf":[)" + reference("Summary") + ',' + reference("PeriodSummary") + "]}");
  json.key("AnyTimeline").raw(R"({"oneOf":[)" + reference("Timeline") + ',' + reference("PeriodTimeline") + "]}");
  json.end_object();
  return out;
}

}  // namespace activitytrack::server
