#pragma once

#include "server/configuration/layers.hpp"
#include "server/database/database.hpp"

#include <activitytrack/core/clock.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

// The history of the configuration: versions, each of which changed one scope or several.

namespace activitytrack::server {

/// What a version makes of a scope; nullopt removes it.
struct ScopeChange {
  Scope scope{};
  std::optional<Layer> layer{};
};

struct VersionInfo {
  std::int64_t version = 0;
  Time at{};
  std::string by{};    ///< the person's name, or "command"
  std::string note{};  ///< up to 500 bytes, for people
  std::optional<std::int64_t> rolled_back_to{};
};

/// The layers, as of the latest version.
Result<Layers> read_layers(Database& database);

/// The number of the latest version; 0 if there is none.
Result<std::int64_t> latest_version(Database& database);

/// What read_layers() would return as Layers::change() now: one look-up.
Result<std::int64_t> latest_change(Database& database);

/// The number of the latest version, as latest_version(). Within a transaction, which from then on others wait for that
/// make versions.
Result<std::int64_t> lock_versions(Database& database);

/// Makes the version after `latest`, as lock_versions() returned that in the same transaction. Returns its number.
Result<std::int64_t> add_version(Database& database, std::int64_t latest, const VersionInfo& info,
                                 std::span<const ScopeChange> changes);

/// Takes the number of a version and makes none. `latest` as in add_version().
Result<std::int64_t> take_number(Database& database, std::int64_t latest);

/// Removes what was ever wanted of a machine by itself, from the history too, and what its agent said. It takes a
/// number of a version, so that every server reads the layers anew, but makes none. Within a transaction.
Result<void> forget_machine(Database& database, const std::string& machine_id);

/// What takes the scopes that a version changed to where they were before it. Of a group that goes by that, no machine
/// is a member any more.
Result<std::vector<ScopeChange>> changes_before(Database& database, std::int64_t version);

/// What takes all scopes to where they were at a version; `not_found` if there was no such version.
Result<std::vector<ScopeChange>> changes_back_to(Database& database, std::int64_t version);

/// A version as the history shows it.
struct PastVersion {
  struct ChangedKey {
    std::string scope{};
    std::string key{};         ///< of a setting, or "groups"
    std::string from{}, to{};  ///< JSON; "" where there is none
  };
  VersionInfo info{};
  std::string rollout{};  ///< the state of it; "" if the version did not go out in waves
  std::vector<ChangedKey> changes{};
};

/// The newest `limit` versions before `before`.
Result<std::vector<PastVersion>> read_history(Database& database, std::int64_t before, std::size_t limit);

/// What removes a group, with its machines' membership in it.
std::vector<ScopeChange> removal_of(const std::string& group, const Layers& layers);

/// What differs between two layers of a scope.
std::vector<PastVersion::ChangedKey> differences(const Scope& scope, const Layer& from, const Layer& to);

}  // namespace activitytrack::server
