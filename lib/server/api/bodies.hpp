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

/// The fields of a small body that is a JSON object, `{}` if there is none. Reading goes on after what is wrong, with
/// empty values; refused() is the answer to the first of it.
class Fields {
 public:
  explicit Fields(const Request& request);

  std::string text(std::string_view name);
  std::string text(std::string_view name, std::string_view otherwise);
  bool flag(std::string_view name);  ///< false if not given
  std::int64_t number(std::string_view name, std::int64_t otherwise, std::int64_t min, std::int64_t max);
  std::optional<std::vector<std::string>> texts(std::string_view name);

  /// A label for people: up to 128 bytes without control characters; "" if not given.
  std::string label();

  void refuse(const Error& error);
  const std::optional<Response>& refused() const { return refused_; }

 private:
  const boost::json::value* find(std::string_view name) const;
  void must_be(std::string_view name, std::string_view what);

  boost::json::object object_;
  std::optional<Response> refused_;
};

/// Content-Disposition of a file STEM.EXTENSION, a name that any file system takes: what could be more than a name
/// becomes "_". `how`: "attachment" or "inline".
std::string content_disposition(std::string_view how, std::string_view stem, std::string_view extension);

}  // namespace activitytrack::server
