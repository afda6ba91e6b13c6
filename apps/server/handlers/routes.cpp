#include "handlers/handlers.hpp"

#include "handlers/account_handlers.hpp"

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
      {"POST", "/api/login", Access::anyone, post_login},
      {"POST", "/api/logout", Access::person, post_logout},
      {"GET", "/api/me", Access::person, get_me},
      {"POST", "/api/me/password", Access::person, post_password},
      {"GET", "/setup", Access::anyone, get_setup},
      {"POST", "/api/setup", Access::anyone, post_setup},
      {"POST", "/api/enroll", Access::enrolment, post_enroll},
      {"POST", "/api/credentials/rotate", Access::machine, post_rotate},
      {"GET", "/api/machines/{id}/credentials", Access::admin, get_credentials},
      {"DELETE", "/api/machines/{id}/credentials", Access::admin, delete_credentials},
      {"GET", "/api/enroll-tokens", Access::admin, get_enroll_tokens},
      {"POST", "/api/enroll-tokens", Access::admin, post_enroll_token},
      {"DELETE", "/api/enroll-tokens/{id}", Access::admin, delete_enroll_token},
      {"GET", "/api/users", Access::admin, get_users},
      {"POST", "/api/users", Access::admin, post_user},
      {"PATCH", "/api/users/{name}", Access::admin, patch_user},
      {"DELETE", "/api/users/{name}", Access::admin, delete_user},
      {"GET", "/api/tokens", Access::person, get_tokens},
      {"POST", "/api/tokens", Access::person, post_token},
      {"DELETE", "/api/tokens/{id}", Access::person, delete_token},
      {"GET", "/api/audit", Access::person, get_audit},
      {"GET", "/healthz", Access::anyone, get_health},
  };
  return table;
}

}  // namespace activitytrack::server
