#pragma once

#include "server/http/message.hpp"

#include <activitytrack/core/result.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The bodies of requests. Unknown fields are ignored; an error names the field and what it takes.

namespace activitytrack::server {

/// A body, unpacked. Or the answer: 415 for a type that is not JSON (none is fine) or an unknown coding, 413 for what
/// unpacks to more than `max_bytes`, 400 for damaged data.
Result<std::string, Response> json_body(const Request& request, std::size_t max_bytes);

/// A small body that is a JSON object, `{}` if there is none; or the answer 400, 413 or 415.
Result<boost::json::object, Response> object_body(const Request& request);

Result<std::string> text_field(const boost::json::object& object, std::string_view name);
Result<std::string> text_field(const boost::json::object& object, std::string_view name, std::string_view otherwise);
Result<bool> flag_field(const boost::json::object& object, std::string_view name);  ///< false if not given
Result<std::int64_t> number_field(const boost::json::object& object, std::string_view name, std::int64_t otherwise,
                                  std::int64_t min, std::int64_t max);
Result<std::optional<std::vector<std::string>>> texts_field(const boost::json::object& object, std::string_view name);

/// A label for people: up to 128 bytes without control characters; "" if not given.
Result<std::string> label_field(const boost::json::object& object);

/// Content-Disposition of a file STEM.EXTENSION, a name that any file system takes: what could be more than a name
/// becomes "_". `how`: "attachment" or "inline".
std::string content_disposition(std::string_view how, std::string_view stem, std::string_view extension);

/// Whether the text holds a control character of ASCII.
bool has_control_characters(std::string_view text) noexcept;

}  // namespace activitytrack::server
