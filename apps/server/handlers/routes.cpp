#include "handlers/handlers.hpp"

namespace activitytrack::server {

std::span<const Route> routes() noexcept {
  static constexpr Route table[] = {
      {"POST", "/api/events", Access::machine, post_events},
      {"GET", "/api/machines", Access::person, list_machines},
      {"GET", "/api/machines/{id}", Access::read_machine, get_machine},
      {"PATCH", "/api/machines/{id}", Access::configure_machine, patch_machine},
      {"GET", "/api/activity/{id}/events", Access::read_machine, get_events},
      {"GET", "/api/activity/{id}/summary", Access::read_machine, get_summary},
      {"GET", "/api/activity/{id}/timeline", Access::read_machine, get_timeline},
      {"GET", "/healthz", Access::anyone, get_health},
  };
  return table;
}

}  // namespace activitytrack::server
