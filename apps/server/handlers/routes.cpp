#include "handlers/handlers.hpp"

namespace activitytrack::server {

std::span<const Route> routes() noexcept {
  static constexpr Route table[] = {
      {"POST", "/api/events", post_events},
      {"GET", "/api/machines", list_machines},
      {"GET", "/api/machines/{id}", get_machine},
      {"PATCH", "/api/machines/{id}", patch_machine},
      {"GET", "/api/activity/{id}/events", get_events},
      {"GET", "/api/activity/{id}/summary", get_summary},
      {"GET", "/api/activity/{id}/timeline", get_timeline},
      {"GET", "/healthz", get_health},
  };
  return table;
}

}  // namespace activitytrack::server
