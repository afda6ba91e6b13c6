#pragma once

#include "server/accounts/access.hpp"
#include "server/api/services.hpp"
#include "server/http/router.hpp"

#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace activitytrack::server {

/// A parameter of a query, as /openapi.json tells it.
struct Parameter {
  std::string_view name;
  std::string_view schema;  ///< JSON: {"type":"integer","minimum":1}
  std::string_view description;
};

/// What /openapi.json says of an endpoint beside the rest of its row. Bodies are named by their schema
/// (schemas.hpp).
struct Operation {
  std::string_view summary{};
  std::span<const Parameter> query{};
  std::string_view body{};                            ///< that it takes; "" if none
  std::string_view answer{};                          ///< that it gives with 200; "" if it is not JSON
  std::string_view answer_type = "application/json";  ///< or several, with spaces between
  int status = 200;                                   ///< when all went well
  std::string_view body_type = "application/json";    ///< or of bytes, whose schema is ""
};

/// A row of the table of endpoints.
struct Endpoint {
  std::string_view method;
  std::string_view pattern;  ///< as in Route
  Access access;
  std::variant<ServiceHandler, void (*)(const Request&, Services&, Answer), BegunStream (*)(const Request&, Services&)>
      handler;
  Operation about{};
  Lane lane = Lane::reads;
};

/// Every endpoint. What each takes and gives is in docs/api.md.
std::span<const Endpoint> endpoints() noexcept;

/// The same in the same order, with handlers that work with these services. They are borrowed.
std::vector<Route> routes(Services& services);

/// Stores a batch: POST /api/events. Gives the answer when the batch is on disk.
void post_events(const Request& request, Services& services, Answer answer);

Response get_events(const Request& request, Services& services);     ///< GET /api/activity/{id}/events
Response get_summary(const Request& request, Services& services);    ///< GET /api/activity/{id}/summary
Response get_timeline(const Request& request, Services& services);   ///< GET /api/activity/{id}/timeline
Response list_machines(const Request& request, Services& services);  ///< GET /api/machines
Response get_machine(const Request& request, Services& services);    ///< GET /api/machines/{id}
Response patch_machine(const Request& request, Services& services);  ///< PATCH /api/machines/{id}

Response get_export(const Request& request, Services& services);      ///< GET /api/activity/{id}/export
Response delete_machine(const Request& request, Services& services);  ///< DELETE /api/machines/{id}

/// GET /healthz: the process answers. Asks nothing of the store.
void get_health(const Request& request, Services& services, Answer answer);

Response get_readiness(const Request& request,
                       Services& services);                        ///< GET /readyz: events could be stored now
Response get_metrics(const Request& request, Services& services);  ///< GET /metrics
Response get_openapi(const Request& request, Services& services);  ///< GET /openapi.json

}  // namespace activitytrack::server
