#pragma once

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace activitytrack {

/// The object that the text is; nullopt if it is no JSON, or another kind of value.
std::optional<boost::json::object> parse_json_object(std::string_view text);

/// A member's text; "" if there is none, or it is no text.
std::string json_text(const boost::json::object& object, std::string_view name);

}  // namespace activitytrack
