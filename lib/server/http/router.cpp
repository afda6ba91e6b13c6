#include "server/http/router.hpp"

#include <optional>

namespace activitytrack::server {
namespace {

/// The arguments, if the path has the pattern's shape. What a pattern names stands as it is, or is another path: to
/// "/%6detrics" a proxy applies no rule that it has for "/metrics".
std::optional<std::vector<std::string>> match(std::string_view pattern, const Target& target) {
  std::vector<std::string> arguments;
  for (std::size_t i = 0; i < target.segments.size(); ++i) {
    const std::string& segment = target.segments[i];
    if (pattern.empty()) return std::nullopt;
    pattern.remove_prefix(1);
    const auto part = pattern.substr(0, pattern.find('/'));
    if (part.starts_with('{') && !segment.empty()) {
      arguments.push_back(segment);
    } else if (part != segment || !target.as_written[i]) {
      return std::nullopt;
    }
    pattern.remove_prefix(part.size());
  }
  if (!pattern.empty()) return std::nullopt;
  return arguments;
}

bool is_offered(const Route& route, Offer offer) {
  return offer == Offer::all || route.is_monitoring == (offer == Offer::monitoring);
}

}  // namespace

std::variant<const Route*, Response> find_route(std::span<const Route> routes, Request& request, Offer offer) {
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  std::string allowed;
  const Route* of_the_rest = nullptr;
  for (const Route& route : routes) {
    if (route.pattern == "*" && route.method == method && is_offered(route, offer)) of_the_rest = &route;
    auto arguments = match(route.pattern, request.target);
    if (!arguments || !is_offered(route, offer)) continue;
    if (route.method == method) {
      request.arguments = std::move(*arguments);
      request.route = &route;
      return &route;
    }
    if (!allowed.empty()) allowed += ", ";
    allowed += route.method == "GET" ? "GET, HEAD" : route.method;
  }
  if (allowed.empty() && of_the_rest) return request.route = of_the_rest;
  if (allowed.empty()) return problem(404, "there is nothing at this path");
  Response refused = problem(405, "this path takes " + allowed);
  refused.headers.emplace_back("Allow", allowed);
  return refused;
}

}  // namespace activitytrack::server
