#pragma once

#include "server/accounts/access.hpp"
#include "server/api/handlers.hpp"

#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace activitytrack::server {

/// A parameter of a query, as /openapi.json shows it.
struct Parameter {
  std::string_view name;
  std::string_view schema;  ///< JSON: {"type":"integer","minimum":1}
  std::string_view description;
};

/// What /openapi.json says of an endpoint beside the rest of its row. Bodies are named by their schema (openapi.hpp).
struct Operation {
  std::string_view summary{};  ///< "": it is not shown there
  std::span<const Parameter> query{};
  std::string_view body{};                            ///< that it takes; "" if none
  std::string_view answer{};                          ///< with 200; "" if it is not JSON
  std::string_view answer_type = "application/json";  ///< or several, with spaces between
  int status = 200;                                   ///< when all went well
  std::string_view body_type = "application/json";    ///< or of bytes, whose schema is ""
};

/// A row of the table of endpoints.
struct Endpoint {
  std::string_view method;
  std::string_view pattern;  ///< as in Route
  Access access;
  std::variant<ServiceFunction*, DeferredServiceFunction*, StreamServiceFunction*, WaitingServiceFunction*> handler;
  Operation about{};
  Lane lane = Lane::reads;
};

/// Every endpoint. What each takes and answers is in docs/api.md.
std::span<const Endpoint> endpoints() noexcept;

/// The same in the same order, with handlers that work with these services. They are borrowed.
std::vector<Route> routes(Services& services);

}  // namespace activitytrack::server
