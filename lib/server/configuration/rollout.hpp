#pragma once

#include "server/configuration/machine_states.hpp"

#include <activitytrack/core/clock.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The rules by which a version goes out in waves: first a machine or two, then a tenth, then all. They are functions of
// what they are given; rows are in rollout_rows.hpp, and what moves a rollout on in rollout_steps.hpp.

namespace activitytrack::server {

/// A version that goes out in waves, or did.
struct Rollout {
  enum class State {
    running,
    held,       ///< no machine is sent it that does not have it yet, until somebody decides
    done,       ///< all machines are sent it
    abandoned,  ///< a later version took it back
  };
  static constexpr std::size_t waves = 3;
  static constexpr std::chrono::seconds default_wave_time{600}, least_wave_time{10}, most_wave_time{86'400};

  std::int64_t version = 0;
  State state = State::running;
  std::string by{};      ///< who made the version
  std::size_t wave = 1;  ///< 1 to 3: the one under way, or the last one that was
  std::chrono::seconds wave_time = default_wave_time;
  Time started_at{}, wave_began_at{};
  Time tolerated_until{};  ///< what failed by then does not hold it any more
  std::string reason{};    ///< why it is held, for people

  /// A machine is in the first wave of which this is not below its place_of(). The last wave has all.
  std::array<std::int64_t, waves> last_places{0, 0, std::numeric_limits<std::int64_t>::max()};

  /// The versions that others made of other scopes while it was under way, in order: machines that do not have the
  /// rollout's yet have them by these numbers, and machines that do by the next number each, which stands for nothing
  /// else. So no number ever stands for two contents at one machine.
  std::vector<std::int64_t> without{};

  /// Of an abandoned one, as JSON: how far it came, and what went wrong.
  std::string ended_waves{}, ended_failures{};

  bool is_under_way() const { return state == State::running || state == State::held; }
};

std::string_view to_string(Rollout::State state) noexcept;
std::optional<Rollout::State> parse_rollout_state(std::string_view word) noexcept;

/// Where a machine stands among all in the rollout of a version: not negative, spread evenly, and another order for
/// each version, so that not the same machines come first each time.
std::int64_t place_of(std::string_view machine_id, std::int64_t version);

/// From 1 to 3.
std::size_t wave_of(const Rollout& rollout, std::string_view machine_id);

/// Whether a machine that has this version, and that the rollout reaches, has what the rollout brings.
bool brings(const Rollout& rollout, std::int64_t version) noexcept;

/// The number by which a machine that has what the rollout brings has this version.
std::int64_t number_with(const Rollout& rollout, std::int64_t version) noexcept;

/// Whether a machine has it in force, or has refused it or taken it back.
bool has_met(const Rollout& rollout, const MachineConfigurationState& said) noexcept;

/// Rollout::last_places by the places of the machines that it reaches, and of those that were heard from lately, among
/// which the first waves are chosen: one that is switched off would prove nothing. A wave that would be empty ends
/// where the one before it does.
std::array<std::int64_t, Rollout::waves> plan_waves(std::span<const std::int64_t> reached,
                                                    std::vector<std::int64_t> heard_lately);

/// The next wave that may have machines; nullopt after the last one.
std::optional<std::size_t> next_wave(const Rollout& rollout) noexcept;

/// What became of it on one machine.
enum class Reception {
  none,  ///< nothing yet
  applied,
  refused,
  reverted,
  silent,  ///< the machine was told half a wave ago or more, and has said nothing of it
};
std::string_view to_string(Reception reception) noexcept;
Reception reception_of(const Rollout& rollout, const MachineConfigurationState& said, Time now);

/// When that was known.
Time reception_time(const Rollout& rollout, Reception reception, const MachineConfigurationState& said);

/// What became of it on the machines that were told. What is tolerated is not counted as failed.
struct Progress {
  std::size_t told = 0;
  std::size_t refused = 0, reverted = 0, silent = 0;
  bool proved = false;  ///< a machine of the present wave has applied it

  void count(const Rollout& rollout, std::string_view machine_id, const MachineConfigurationState& said, Time now);
};

/// Of so many machines that were told, this many may fail.
constexpr std::size_t tolerable(std::size_t told) noexcept {
  constexpr std::size_t percent = 2;
  return told * percent / 100 > 1 ? told * percent / 100 : 1;
}

/// What is to be done with a running rollout.
struct Judgement {
  enum class Turn { wait, next, hold };
  Turn turn = Turn::wait;
  std::string reason{};  ///< to hold
};
Judgement judge(const Rollout& rollout, const Progress& progress, Time now);

}  // namespace activitytrack::server
