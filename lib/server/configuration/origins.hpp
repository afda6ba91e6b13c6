#pragma once

#include "server/configuration/versions.hpp"

#include <map>
#include <string>

// Who last changed what: for a page that shows beside each value where it comes from.

namespace activitytrack::server {

/// Of a scope that says something, by which version it came to say that. Notes are not filled in.
struct ScopeOrigin {
  VersionInfo saved{};                                       ///< the latest that changed it
  std::map<std::string, VersionInfo, std::less<>> values{};  ///< by key, the latest that changed this value
};
using ScopeOrigins = std::map<std::string, ScopeOrigin>;  ///< by Scope::text()

/// Of the defaults, and of the groups that there are.
Result<ScopeOrigins> read_origins(Database& database);

/// Of one machine; empty if it never had anything of its own.
Result<ScopeOrigins> read_origins(Database& database, const std::string& machine_id);

}  // namespace activitytrack::server
