#include "server/configuration/origins.hpp"

namespace activitytrack::server {
namespace {

/// Goes through a scope's versions, of which the oldest comes first.
struct Follower {
  ScopeOrigin origin{};
  SettingValues values{};

  void take(const VersionInfo& info, SettingValues next) {
    origin.saved = info;
    std::erase_if(origin.values, [&](const auto& known) { return !next.contains(known.first); });
    for (const auto& [key, value] : next) {
      if (value_in(values, key) != value) origin.values[key] = info;
    }
    values = std::move(next);
  }
};

Result<ScopeOrigins> read(Database& database, const std::string& which, std::span<const SqlValue> parameters) {
  std::map<std::string, Follower> followers;
  const auto done = database.run(
      "SELECT scope, content, configuration_changes.version, at, made_by FROM configuration_changes"
      " JOIN configuration_versions ON configuration_versions.version = configuration_changes.version WHERE " +
          which + " ORDER BY configuration_changes.version",
      parameters, [&](const SqlRow& row) {
        const std::string scope(row.text(0));
        auto layer = row.is_null(1) ? std::nullopt : Layer::parse(row.text(1));
        if (!layer) return void(followers.erase(scope));
        const VersionInfo info{.version = row.integer(2), .at = row.time(3), .by = std::string(row.text(4))};
        followers[scope].take(info, std::move(layer->values));
      });
  if (!done) return done.error();
  ScopeOrigins origins;
  for (auto& [scope, follower] : followers) origins[scope] = std::move(follower.origin);
  return origins;
}

}  // namespace

Result<ScopeOrigins> read_origins(Database& database) {
  return read(database, "(scope = 'defaults' OR scope LIKE 'group/%')", {});
}

Result<ScopeOrigins> read_origins(Database& database, const std::string& machine_id) {
  const SqlValue scope = Scope{Scope::Kind::machine, machine_id}.text();
  return read(database, "scope = $1", {&scope, 1});
}

}  // namespace activitytrack::server
