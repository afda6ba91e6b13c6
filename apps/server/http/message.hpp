#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace activitytrack::server {

/// A request's path and query, decoded.
struct Target {
  std::vector<std::string> segments;  ///< "/api/machines/a%2Fb": "api", "machines", "a/b"
  std::vector<std::pair<std::string, std::string>> query;

  /// The value of a parameter, or null.
  const std::string* find(std::string_view name) const noexcept;
};

/// A request as handlers see it: whole, within the limits, without a socket.
struct Request {
  std::string method{};
  Target target{};
  std::vector<std::string> arguments{};  ///< what stood for the `{...}` of the route's pattern
  std::string content_type{};            ///< as sent; "" if missing
  std::string content_encoding{};        ///< as sent; "" if missing
  std::string body{};                    ///< as sent, packed or not
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  ///< beyond type and length
};

}  // namespace activitytrack::server
