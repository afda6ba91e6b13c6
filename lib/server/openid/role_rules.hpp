#pragma once

#include "server/accounts/access.hpp"

#include <activitytrack/core/result.hpp>

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::server {

/// A row of the table from claims to roles: "groups=activity-admins -> admin", "groups=team-a -> viewer vm-1 vm-2",
/// "sub=* -> self {workstation}". A claim within another one is named with dots, as "realm_access.roles"; "*" is any
/// value. Behind the role stand machines: an id, or in braces the claim that holds one or a list of them.
struct RoleRule {
  std::string claim;
  std::string value;
  Role role = Role::self;
  std::vector<std::string> machines{};
};

Result<RoleRule> parse_role_rule(std::string_view text);

/// The texts that a claim holds: itself, or a list's.
std::vector<std::string> claim_texts(const boost::json::object& claims, std::string_view name);

struct Rights {
  Role role = Role::self;
  std::vector<std::string> machines{};  ///< in order
};

/// The role of the first row that matches, and the machines of all rows that match and give this role; nullopt if none
/// does. What can be no machine's id is passed over.
std::optional<Rights> rights_of(const std::vector<RoleRule>& rules, const boost::json::object& claims);

}  // namespace activitytrack::server
