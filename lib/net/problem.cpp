#include "net/problem.hpp"

#include "core/text.hpp"

#include <boost/json/parse.hpp>

namespace activitytrack {
namespace {

constexpr std::size_t max_problem_bytes = 16 << 10;
constexpr std::size_t max_text_bytes = 200;

std::string text_member(const boost::json::object& object, std::string_view name) {
  const boost::json::value* member = object.if_contains(name);
  return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
}

}  // namespace

std::string problem_text(const HttpResponse& response, std::string_view secret) {
  if (response.body.size() > max_problem_bytes) return {};
  if (!response.field("Content-Type").starts_with("application/problem+json")) return {};
  boost::json::error_code ec;
  const boost::json::value body = boost::json::parse(response.body, ec);
  if (ec || !body.is_object()) return {};
  std::string text = text_member(body.get_object(), "title");
  const std::string detail = text_member(body.get_object(), "detail");
  if (!text.empty() && !detail.empty()) text += ": ";
  text += detail;
  if (!secret.empty() && text.find(secret) != std::string::npos) return {};
  return clean_utf8(text, max_text_bytes);
}

}  // namespace activitytrack
