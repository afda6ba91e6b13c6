#pragma once

#include <string_view>
#include <vector>

// The shapes of bodies, as /openapi.json shows them. A test compares the answers with them.

namespace activitytrack::server {

/// A member of an object. `schema` is JSON, or names another object: "Machine", "[Machine]" for a list of
/// them, "[Machine 1000]" for one of at most so many, "Agent?" for one or null.
struct Property {
  std::string_view name, schema;
  bool required = true;
};

struct ObjectSchema {
  std::string_view name;
  std::vector<Property> properties;
};

namespace schema {
inline constexpr std::string_view text = R"({"type":"string"})";
inline constexpr std::string_view text_or_null = R"({"type":["string","null"]})";
inline constexpr std::string_view texts = R"({"type":"array","items":{"type":"string"}})";
inline constexpr std::string_view time = R"({"type":"string","format":"date-time"})";
inline constexpr std::string_view time_or_null = R"({"type":["string","null"],"format":"date-time"})";
inline constexpr std::string_view date = R"({"type":"string","format":"date"})";
inline constexpr std::string_view count = R"({"type":"integer","minimum":0})";
inline constexpr std::string_view counts = R"({"type":"array","items":{"type":"integer","minimum":0}})";
inline constexpr std::string_view integer_or_null = R"({"type":["integer","null"]})";
inline constexpr std::string_view number = R"({"type":"number","minimum":0})";
inline constexpr std::string_view truth = R"({"type":"boolean"})";
inline constexpr std::string_view role = R"({"type":"string","enum":["admin","manager","viewer","self","monitor"]})";
inline constexpr std::string_view machine_state =
    R"({"type":"string","enum":["active","idle","scripted","paused","asleep","stopped","capture_failing","offline"]})";
inline constexpr std::string_view settings_state =
    R"({"type":"string","enum":["pending","applied","refused","reverted","needs_restart"]})";
}  // namespace schema

/// Of what is shown of many machines at once.
std::vector<ObjectSchema> fleet_schemas();

/// Of one machine's time as columns.
std::vector<ObjectSchema> activity_schemas();

/// All of them, but these and Event's, which follows event_fields().
std::vector<ObjectSchema> object_schemas();

}  // namespace activitytrack::server
