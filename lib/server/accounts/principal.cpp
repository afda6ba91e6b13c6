#include "server/accounts/principal.hpp"

#include "server/http/message.hpp"

namespace activitytrack::server {

bool Principal::may_read(std::string_view machine_id) const {
  return is_admin() || (kind == Kind::person && machines.contains(machine_id));
}

bool Principal::may_configure(std::string_view machine_id) const {
  return is_admin() || (role == Role::manager && may_read(machine_id));
}

bool Principal::may_erase(std::string_view machine_id) const {
  return is_admin() || (role == Role::self && may_read(machine_id));
}

bool Principal::may_send(std::string_view machine_id) const {
  return is_anyone || (kind == Kind::machine && name == machine_id);
}

Principal Principal::anyone() {
  return {.kind = Kind::person, .name = "anyone", .role = Role::admin, .is_anyone = true};
}

const Principal& asker(const Request& request) noexcept {
  static const Principal nobody;
  const auto* known = std::any_cast<Principal>(&request.identity);
  return known ? *known : nobody;
}

}  // namespace activitytrack::server
