#include "server/configuration/rollout_steps.hpp"

#include "core/text.hpp"
#include "server/configuration/rollout_rows.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::array<std::string_view, 3> actions{"continue", "hold", "abandon"};

Error conflict(std::string message) { return {ErrorCode::conflict, std::move(message)}; }

/// Whether its agent has lately asked for its configuration, or sent events with what it says of it: then the answer
/// names the version, and the agent asks.
bool was_heard_lately(const Fleet& fleet, const Fleet::Machine& machine, Time now) {
  const auto& said = fleet.said(machine.machine_id);
  const auto heard = said.change > 0 ? std::max(said.asked_at, machine.last_seen) : said.asked_at;
  return now - heard < counts_as_there;
}

Result<Progress> progress_of(Database& database, const Rollout& rollout, Time now) {
  Progress progress;
  const auto read = read_told_machines(database, rollout.version, [&](std::string_view machine_id, const auto& said) {
    progress.count(rollout, machine_id, said, now);
  });
  if (!read) return read.error();
  return progress;
}

/// Whether nobody is left who could prove the present wave: its machines were erased, say.
Result<bool> is_deserted(Database& database, StoreReader& reader, const Rollout& rollout) {
  const auto layers = read_layers(database);
  if (!layers) return layers.error();
  const auto fleet = read_fleet(reader, {});
  if (!fleet) return fleet.error();
  return machines_by_wave(rollout, *layers, *fleet)[rollout.wave - 1] == 0;
}

Result<Judgement> judge_now(Database& database, StoreReader& reader, const Rollout& rollout, Time now) {
  const auto progress = progress_of(database, rollout, now);
  if (!progress) return progress.error();
  auto judged = judge(rollout, *progress, now);
  const bool is_overdue = now >= rollout.wave_began_at + rollout.wave_time;
  if (judged.turn != Judgement::Turn::wait || !is_overdue) return judged;
  const auto deserted = is_deserted(database, reader, rollout);
  if (!deserted) return deserted.error();
  if (*deserted) judged.turn = Judgement::Turn::next;
  return judged;
}

/// Begins the next wave, or ends the rollout after the last one.
Result<void> turn_to_next_wave(Database& database, Rollout& rollout, Time now) {
  const auto next = next_wave(rollout);
  rollout.state = next ? Rollout::State::running : Rollout::State::done;
  rollout.reason.clear();
  if (next) rollout.wave = *next, rollout.wave_began_at = now;
  return write_rollout(database, rollout);
}

Result<void> go_on(Database& database, Rollout& rollout, Time now) {
  rollout.tolerated_until = now;
  if (rollout.state == Rollout::State::running || next_wave(rollout)) return turn_to_next_wave(database, rollout, now);
  rollout.state = Rollout::State::running;  // the last wave's machines that were not sent it are, now
  rollout.reason.clear();
  rollout.wave_began_at = now;
  return write_rollout(database, rollout);
}

Result<void> abandon(Database& database, std::int64_t latest, Rollout& rollout, const RolloutChange& change) {
  const auto changes = changes_before(database, rollout.version);
  if (!changes) return changes.error();
  VersionInfo info = change.info;
  if (info.note.empty()) info.note = "takes back version " + std::to_string(rollout.version);
  if (!changes->empty()) {
    if (auto made = add_version(database, latest, info, *changes); !made) return made.error();
  }
  rollout.state = Rollout::State::abandoned;
  rollout.ended_waves = waves_json(change.view);
  rollout.ended_failures = failures_json(change.view);
  return write_rollout(database, rollout);
}

}  // namespace

std::string_view to_string(RolloutAction action) noexcept { return actions[static_cast<std::size_t>(action)]; }

std::optional<RolloutAction> parse_rollout_action(std::string_view word) noexcept {
  return parse_enum<RolloutAction>(actions, word);
}

Result<void> need_free(Database& database, std::span<const ScopeChange> changes, bool in_waves) {
  const auto rollout = rollout_under_way(database);
  if (!rollout) return rollout.error();
  if (!*rollout) return {};
  const std::string version = std::to_string((*rollout)->version);
  if (in_waves) return conflict("version " + version + " goes out in waves; let it end, or take it back");
  const auto scopes = scopes_of(database, (*rollout)->version);
  if (!scopes) return scopes.error();
  for (const ScopeChange& change : changes) {
    const std::string scope = change.scope.text();
    if (std::ranges::find(*scopes, scope) != scopes->end())
      return conflict("version " + version + ", which changed " + scope +
                      ", goes out in waves; let it end, or take it back");
  }
  return {};
}

Result<void> set_apart(Database& database, std::int64_t version) {
  auto rollout = rollout_under_way(database);
  if (!rollout) return rollout.error();
  if (!*rollout) return {};
  if (auto taken = take_number(database, version); !taken) return taken.error();
  (*rollout)->without.push_back(version);
  return write_rollout(database, **rollout);
}

Rollout planned_rollout(const Layers& after, std::int64_t version, const InWaves& in_waves, Time now) {
  Rollout rollout{.version = version, .wave_time = in_waves.wave_time, .started_at = now, .wave_began_at = now};
  std::vector<std::int64_t> reached, heard_lately;
  for (const Fleet::Machine& machine : in_waves.fleet.machines) {
    if (!after.concerned(machine.machine_id, version)) continue;
    reached.push_back(place_of(machine.machine_id, version));
    if (was_heard_lately(in_waves.fleet, machine, now)) heard_lately.push_back(reached.back());
  }
  rollout.last_places = plan_waves(reached, std::move(heard_lately));
  if (reached.empty()) rollout.state = Rollout::State::done;
  return rollout;
}

std::array<std::size_t, Rollout::waves> machines_by_wave(const Rollout& rollout, const Layers& layers,
                                                         const Fleet& fleet) {
  std::array<std::size_t, Rollout::waves> counts{};
  for (const Fleet::Machine& machine : fleet.machines)
    if (layers.concerned(machine.machine_id, rollout.version)) ++counts[wave_of(rollout, machine.machine_id) - 1];
  return counts;
}

Result<std::optional<Rollout>> drive_rollout(Database& database, StoreReader& reader, Time now) {
  using Changed = Result<std::optional<Rollout>>;
  const auto seen = rollout_under_way(database);
  if (!seen) return seen.error();
  if (!*seen || (*seen)->state != Rollout::State::running) return std::optional<Rollout>();
  const auto first = judge_now(database, reader, **seen, now);  // without holding up who makes versions
  if (!first) return first.error();
  if (first->turn == Judgement::Turn::wait) return std::optional<Rollout>();
  return transact(database, [&]() -> Changed {
    const auto latest = lock_versions(database);
    if (!latest) return latest.error();
    auto rollout = rollout_under_way(database);
    if (!rollout || !*rollout) return rollout;
    const auto judged = judge_now(database, reader, **rollout, now);
    if (!judged) return judged.error();
    if ((*rollout)->state != Rollout::State::running || judged->turn == Judgement::Turn::wait)
      return std::optional<Rollout>();
    Result<void> done;
    if (judged->turn == Judgement::Turn::hold) {
      (*rollout)->state = Rollout::State::held;
      (*rollout)->reason = judged->reason;
      done = write_rollout(database, **rollout);
    } else {
      done = turn_to_next_wave(database, **rollout, now);
    }
    return done ? Changed(rollout) : done.error();
  });
}

Result<Rollout> change_rollout(Database& database, const RolloutChange& change) {
  const auto latest = lock_versions(database);
  if (!latest) return latest.error();
  auto rollout = rollout_under_way(database);
  if (!rollout) return rollout.error();
  if (!*rollout || (*rollout)->version != change.version)
    return conflict("version " + std::to_string(change.version) + " does not go out in waves now");
  Result<void> done;
  switch (change.action) {
    case RolloutAction::go_on:
      done = go_on(database, **rollout, change.info.at);
      break;
    case RolloutAction::hold:
      if ((*rollout)->state == Rollout::State::held) return conflict("it is held already");
      (*rollout)->state = Rollout::State::held;
      (*rollout)->reason = "held by " + change.info.by;
      done = write_rollout(database, **rollout);
      break;
    case RolloutAction::abandon:
      done = abandon(database, *latest, **rollout, change);
      break;
  }
  if (!done) return done.error();
  return std::move(**rollout);
}

}  // namespace activitytrack::server
