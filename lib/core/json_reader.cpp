#include "core/json_reader.hpp"

#include <boost/json/parse.hpp>

#include <utility>

namespace activitytrack {

std::optional<boost::json::object> parse_json_object(std::string_view text) {
  boost::json::error_code failed;
  boost::json::value value = boost::json::parse(text, failed);
  if (failed || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

std::string json_text(const boost::json::object& object, std::string_view name) {
  const boost::json::value* member = object.if_contains(name);
  return member && member->is_string() ? std::string(member->get_string()) : std::string();
}

}  // namespace activitytrack
