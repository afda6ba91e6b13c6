#include "server/http/router.hpp"

#include <optional>

namespace activitytrack::server {
namespace {

/// The arguments, if the path has the pattern's shape.
std::optional<std::vector<std::string>> match(std::string_view pattern, const std::vector<std::string>& segments) {
  std::vector<std::string> arguments;
  for (const std::string& segment : segments) {
    if (pattern.empty()) return std::nullopt;
    pattern.remove_prefix(1);
    const auto part = pattern.substr(0, pattern.find('/'));
    if (part.starts_with('{') && !segment.empty()) {
      arguments.push_back(segment);
    } else if (part != segment) {
      return std::nullopt;
    }
    pattern.remove_prefix(part.size());
  }
  if (!pattern.empty()) return std::nullopt;
  return arguments;
}

}  // namespace

std::variant<const Route*, Response> find_route(std::span<const Route> routes, Request& request) {
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  std::string allowed;
  for (const Route& route : routes) {
    auto arguments = match(route.pattern, request.target.segments);
    if (!arguments) continue;
    if (route.method == method) {
      request.arguments = std::move(*arguments);
      request.route = &route;
      return &route;
    }
    if (!allowed.empty()) allowed += ", ";
    allowed += route.method == "GET" ? "GET, HEAD" : route.method;
  }
  if (allowed.empty()) return problem(404, "there is nothing at this path");
  Response refused = problem(405, "this path takes " + allowed);
  refused.headers.emplace_back("Allow", allowed);
  return refused;
}

}  // namespace activitytrack::server
