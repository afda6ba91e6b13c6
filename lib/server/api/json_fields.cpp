#include "server/api/json_fields.hpp"

#include "server/api/content.hpp"
#include "server/http/message.hpp"

#include "core/text.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace activitytrack::server {
namespace {

namespace json = boost::json;

constexpr std::size_t max_bytes = 256 * 1024;
constexpr std::size_t max_label_bytes = 128;

Error must_be(std::string_view name, const std::string& what) {
  return {ErrorCode::invalid_input, std::string(name) + ": must be " + what};
}

const json::value* find(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains({name.data(), name.size()});
  return value && !value->is_null() ? value : nullptr;
}

std::string text_of(const json::string& text) { return {text.data(), text.size()}; }

}  // namespace

std::variant<json::object, Response> object_body(const Request& request) {
  const auto body = json_body(request, max_bytes);
  if (const auto* refused = std::get_if<Response>(&body)) return *refused;
  const std::string& text = std::get<std::string>(body);
  if (text.empty()) return json::object();
  json::error_code error;
  auto parsed = json::parse({text.data(), text.size()}, error);
  if (error) return problem(400, "body: not JSON: " + error.message());
  if (!parsed.is_object()) return problem(400, "body: must be an object");
  return std::move(parsed.get_object());
}

Result<std::string> text_field(const json::object& object, std::string_view name) {
  const auto* value = find(object, name);
  if (!value || !value->is_string() || value->get_string().empty()) return must_be(name, "given, as text");
  std::string text = text_of(value->get_string());
  if (!is_utf8(text)) return must_be(name, "UTF-8");
  return text;
}

Result<std::string> text_field(const json::object& object, std::string_view name, std::string_view otherwise) {
  if (!find(object, name)) return std::string(otherwise);
  return text_field(object, name);
}

Result<bool> flag_field(const json::object& object, std::string_view name) {
  const auto* value = find(object, name);
  if (!value) return false;
  if (!value->is_bool()) return must_be(name, "true or false");
  return value->get_bool();
}

Result<std::int64_t> number_field(const json::object& object, std::string_view name, std::int64_t otherwise,
                                  std::int64_t min, std::int64_t max) {
  const auto* value = find(object, name);
  if (!value) return otherwise;
  const auto* number = value->if_int64();
  if (!number || *number < min || *number > max) {
    return must_be(name, "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  }
  return *number;
}

Result<std::optional<std::vector<std::string>>> texts_field(const json::object& object, std::string_view name) {
  const auto* value = find(object, name);
  std::optional<std::vector<std::string>> texts;
  if (!value) return texts;
  const auto* list = value->if_array();
  if (!list || !std::ranges::all_of(*list, [](const auto& each) { return each.is_string(); })) {
    return must_be(name, "a list of texts");
  }
  texts.emplace();
  for (const auto& each : *list) {
    texts->push_back(text_of(each.get_string()));
    if (!is_utf8(texts->back())) return must_be(name, "UTF-8");
  }
  return texts;
}

Result<std::string> label_field(const json::object& object) {
  auto label = text_field(object, "label", "");
  if (!label) return label;
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (label->size() > max_label_bytes || std::ranges::any_of(*label, is_control)) {
    return must_be("label", "at most 128 bytes without control characters");
  }
  return label;
}

}  // namespace activitytrack::server
