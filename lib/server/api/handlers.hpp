#pragma once

#include "server/api/services.hpp"
#include "server/http/router.hpp"

#include <span>

namespace activitytrack::server {

/// Every endpoint. What each takes and gives is in docs/api.md.
std::span<const Route> routes() noexcept;

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
