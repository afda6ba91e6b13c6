#pragma once

#include "server/configuration/fleet.hpp"
#include "server/configuration/rollout_view.hpp"
#include "server/configuration/versions.hpp"

#include <optional>
#include <string>

// What begins a rollout, moves it on and ends it. Each step is one transaction that holds lock_versions(), so that the
// servers of one database never do it twice; its time is on disk, so that a restart changes nothing.

namespace activitytrack::server {

/// How a change is to go out, and among whom.
struct InWaves {
  std::chrono::seconds wave_time = Rollout::default_wave_time;
  Fleet fleet{};
};

/// `conflict` if a rollout is under way and changed one of these scopes; or, with `in_waves`, at all.
Result<void> need_free(Database& database, std::span<const ScopeChange> changes, bool in_waves);

/// Gives a version that was made just now, in this transaction, a second number if a rollout is under way: see
/// Rollout::without.
Result<void> set_apart(Database& database, std::int64_t version);

/// The rollout of a version that `after` has, as it would begin. One that reaches no machine is done.
Rollout planned_rollout(const Layers& after, std::int64_t version, const InWaves& in_waves, Time now);

/// By wave, how many machines of the fleet a rollout reaches.
std::array<std::size_t, Rollout::waves> machines_by_wave(const Rollout& rollout, const Layers& layers,
                                                         const Fleet& fleet);

/// Looks whether the running rollout, if there is one, is to go on, to be held, or is done, and does that. Returns the
/// rollout if it did, else nullopt.
Result<std::optional<Rollout>> drive_rollout(Database& database, StoreReader& reader, Time now);

/// What people do with the rollout under way.
enum class RolloutAction {
  go_on,  ///< with the next wave, now; what has failed by now is tolerated
  hold,
  abandon,  ///< takes the version's scopes back, by a new version
};
std::string_view to_string(RolloutAction action) noexcept;  ///< continue, hold, abandon
std::optional<RolloutAction> parse_rollout_action(std::string_view word) noexcept;

struct RolloutChange {
  RolloutAction action{};
  std::int64_t version = 0;  ///< of the rollout
  VersionInfo info{};        ///< by whom, when; of `abandon`, also why
  RolloutView view{};        ///< of `abandon`: how far it has come, to be kept, for nothing can be counted after it
};

/// The rollout as it is then. `conflict` if this version is not under way, or the action does not fit its state. Within
/// a transaction.
Result<Rollout> change_rollout(Database& database, const RolloutChange& change);

}  // namespace activitytrack::server
