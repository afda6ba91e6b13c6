#include "server/api/bodies.hpp"

#include "core/text.hpp"
#include "net/compress.hpp"
#include "server/http/message.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <cctype>
#include <functional>

namespace activitytrack::server {
namespace {

namespace json = boost::json;

constexpr std::size_t max_small_body_bytes = 256 * 1024;
constexpr std::size_t max_label_bytes = 128;

bool is_json(const std::string& content_type) {
  const auto type = boost::algorithm::trim_copy(content_type.substr(0, content_type.find(';')));
  return type.empty() || boost::algorithm::iequals(type, "application/json") ||
         boost::algorithm::iequals(type, "application/merge-patch+json");
}

std::string text_of(const json::string& text) { return {text.data(), text.size()}; }

}  // namespace

Result<std::string, Response> json_body(const Request& request, std::size_t max_bytes) {
  if (!is_json(request.content_type)) return problem(415, "Content-Type must be application/json");
  const auto coding = parse_content_coding(request.content_encoding);
  if (!coding) {
    Response refused = problem(415, "Content-Encoding must be identity, gzip or zstd");
    refused.headers.emplace_back("Accept-Encoding", "gzip, zstd");
    return refused;
  }
  auto body = decompress(request.body, *coding, max_bytes);
  if (body) return std::move(*body);
  return problem(body.error().code == ErrorCode::too_large ? 413 : 400, "body: " + body.error().message);
}

Fields::Fields(const Request& request) {
  const auto body = json_body(request, max_small_body_bytes);
  if (!body) refused_ = body.error();
  if (!body || body->empty()) return;
  json::error_code error;
  auto parsed = json::parse({body->data(), body->size()}, error);
  if (error) {
    refuse({ErrorCode::invalid_input, "body: not JSON: " + error.message()});
  } else if (!parsed.is_object()) {
    refuse({ErrorCode::invalid_input, "body: must be an object"});
  } else {
    object_ = std::move(parsed.get_object());
  }
}

std::string Fields::text(std::string_view name) {
  const auto* value = find(name);
  if (!value || !value->is_string() || value->get_string().empty()) return must_be(name, "given, as text"), "";
  std::string text = text_of(value->get_string());
  if (!is_utf8(text)) must_be(name, "UTF-8");
  return text;
}

std::string Fields::text(std::string_view name, std::string_view otherwise) {
  return find(name) ? text(name) : std::string(otherwise);
}

bool Fields::flag(std::string_view name) {
  const auto* value = find(name);
  if (value && !value->is_bool()) must_be(name, "true or false");
  return value && value->is_bool() && value->get_bool();
}

std::int64_t Fields::number(std::string_view name, std::int64_t otherwise, std::int64_t min, std::int64_t max) {
  const auto* value = find(name);
  if (!value) return otherwise;
  const auto* number = value->if_int64();
  if (number && *number >= min && *number <= max) return *number;
  must_be(name, "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  return otherwise;
}

std::optional<std::vector<std::string>> Fields::texts(std::string_view name) {
  const auto* value = find(name);
  if (!value) return std::nullopt;
  std::vector<std::string> texts;
  const auto* list = value->if_array();
  if (!list || !std::ranges::all_of(*list, [](const auto& each) { return each.is_string(); })) {
    must_be(name, "a list of texts");
    return texts;
  }
  for (const auto& each : *list) texts.push_back(text_of(each.get_string()));
  if (!std::ranges::all_of(texts, is_utf8)) must_be(name, "UTF-8");
  return texts;
}

std::string Fields::label() {
  std::string label = text("label", "");
  if (label.size() > max_label_bytes || has_control_characters(label)) {
    must_be("label", "at most 128 bytes without control characters");
  }
  return label;
}

void Fields::refuse(const Error& error) {
  if (!refused_) refused_ = problem(400, error.message);
}

const json::value* Fields::find(std::string_view name) const {
  const auto* value = object_.if_contains({name.data(), name.size()});
  return value && !value->is_null() ? value : nullptr;
}

void Fields::must_be(std::string_view name, std::string_view what) {
  refuse({ErrorCode::invalid_input, std::string(name) + ": must be " + std::string(what)});
}

std::string content_disposition(std::string_view how, std::string_view stem, std::string_view extension) {
  std::string name(stem);
  const auto is_plain = [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) || c == '-' || c == '_' || c == '.');
  };
  std::ranges::replace_if(name, std::not_fn(is_plain), '_');
  if (name.starts_with('.')) name.front() = '_';
  return std::string(how) + "; filename=\"" + name + '.' + std::string(extension) + '"';
}

}  // namespace activitytrack::server
