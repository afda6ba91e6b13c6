#pragma once

#include "server/accounts/principal.hpp"

#include <optional>
#include <string_view>

namespace activitytrack::server {

std::string_view to_string(Role role) noexcept;
std::optional<Role> parse_role(std::string_view word) noexcept;

std::string_view to_string(Principal::Kind kind) noexcept;

}  // namespace activitytrack::server
