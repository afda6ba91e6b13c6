#include "server/accounts/role.hpp"

#include <algorithm>
#include <array>

namespace activitytrack::server {
namespace {

constexpr std::array<std::string_view, 4> roles{"self", "viewer", "manager", "admin"};
constexpr std::array<std::string_view, 4> kinds{"nobody", "machine", "enrolment", "person"};

}  // namespace

std::string_view to_string(Role role) noexcept { return roles[static_cast<std::size_t>(role)]; }

std::optional<Role> parse_role(std::string_view word) noexcept {
  const auto found = std::ranges::find(roles, word);
  if (found == roles.end()) return std::nullopt;
  return static_cast<Role>(found - roles.begin());
}

std::string_view to_string(Principal::Kind kind) noexcept { return kinds[static_cast<std::size_t>(kind)]; }

}  // namespace activitytrack::server
