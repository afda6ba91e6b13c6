#include "server/configuration/rollout.hpp"

#include "core/text.hpp"
#include "server/events/event_row.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::array<std::string_view, 4> rollout_states{"running", "held", "done", "abandoned"};
constexpr std::array<std::string_view, 5> receptions{"none", "applied", "refused", "reverted", "silent"};
constexpr std::int64_t everyone = std::numeric_limits<std::int64_t>::max();

constexpr std::size_t two_canaries_from = 100;  // machines that are reached
constexpr std::size_t second_wave_is_one_of = 10;

}  // namespace

std::string_view to_string(Rollout::State state) noexcept { return rollout_states[static_cast<std::size_t>(state)]; }

std::optional<Rollout::State> parse_rollout_state(std::string_view word) noexcept {
  return parse_enum<Rollout::State>(rollout_states, word);
}

std::string_view to_string(Reception reception) noexcept { return receptions[static_cast<std::size_t>(reception)]; }

std::int64_t place_of(std::string_view machine_id, std::int64_t version) {
  // The finalizer of splitmix64: each bit of the key and of the version moves every bit of the place.
  auto mixed =
      static_cast<std::uint64_t>(machine_key(machine_id)) + 0x9e3779b97f4a7c15U * static_cast<std::uint64_t>(version);
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
  mixed ^= mixed >> 31;
  return static_cast<std::int64_t>(mixed >> 1);
}

std::size_t wave_of(const Rollout& rollout, std::string_view machine_id) {
  const auto place = place_of(machine_id, rollout.version);
  return place <= rollout.last_places[0] ? 1 : place <= rollout.last_places[1] ? 2 : 3;
}

bool brings(const Rollout& rollout, std::int64_t version) noexcept {
  return version >= rollout.version && !std::ranges::binary_search(rollout.without, version);
}

std::int64_t number_with(const Rollout& rollout, std::int64_t version) noexcept {
  return brings(rollout, version) || version < rollout.version ? version : version + 1;
}

bool has_met(const Rollout& rollout, const MachineConfigurationState& said) noexcept {
  return brings(rollout, said.applied_version) || brings(rollout, said.error_version);
}

std::array<std::int64_t, Rollout::waves> plan_waves(std::span<const std::int64_t> reached,
                                                    std::vector<std::int64_t> heard_lately) {
  if (heard_lately.empty()) heard_lately.assign(reached.begin(), reached.end());
  if (heard_lately.empty()) return {everyone, everyone, everyone};
  std::ranges::sort(heard_lately);
  const std::size_t first = std::min<std::size_t>(reached.size() >= two_canaries_from ? 2 : 1, heard_lately.size());
  const std::size_t second = first + std::max<std::size_t>(heard_lately.size() / second_wave_is_one_of, 1);
  std::array<std::int64_t, Rollout::waves> last{heard_lately[first - 1],
                                                heard_lately[std::min(second, heard_lately.size()) - 1], everyone};
  // A wave after which nobody is left has everyone, so that what is new meanwhile belongs to it, too.
  for (auto& place : last)
    if (std::ranges::all_of(reached, [&](std::int64_t each) { return each <= place; })) place = everyone;
  return last;
}

std::optional<std::size_t> next_wave(const Rollout& rollout) noexcept {
  for (std::size_t next = rollout.wave + 1; next <= Rollout::waves; ++next)
    if (rollout.last_places[next - 1] > rollout.last_places[rollout.wave - 1]) return next;
  return std::nullopt;
}

Reception reception_of(const Rollout& rollout, const MachineConfigurationState& said, Time now) {
  if (brings(rollout, said.applied_version)) return Reception::applied;
  if (brings(rollout, said.error_version))
    return said.state == MachineConfigurationState::State::reverted ? Reception::reverted : Reception::refused;
  const bool is_told = said.told_version == rollout.version;
  return is_told && now - said.told_at >= rollout.wave_time / 2 ? Reception::silent : Reception::none;
}

Time reception_time(const Rollout& rollout, Reception reception, const MachineConfigurationState& said) {
  return reception == Reception::silent ? said.told_at + rollout.wave_time / 2 : said.error_at;
}

void Progress::count(const Rollout& rollout, std::string_view machine_id, const MachineConfigurationState& said,
                     Time now) {
  const auto reception = reception_of(rollout, said, now);
  ++told;
  proved |= reception == Reception::applied && wave_of(rollout, machine_id) == rollout.wave;
  if (reception_time(rollout, reception, said) <= rollout.tolerated_until) return;
  refused += reception == Reception::refused;
  reverted += reception == Reception::reverted;
  silent += reception == Reception::silent;
}

Judgement judge(const Rollout& rollout, const Progress& progress, Time now) {
  if (rollout.state != Rollout::State::running) return {};
  const bool is_over = now >= rollout.wave_began_at + rollout.wave_time;
  const std::size_t may = tolerable(progress.told);
  const std::size_t said_no = progress.refused + progress.reverted;
  const std::size_t failed = said_no + (is_over ? progress.silent : 0);
  if (failed > may) {
    const std::string_view how = failed == said_no ? " machines refused or reverted it, "
                                                   : " machines refused or reverted it, or say nothing of it, ";
    return {Judgement::Turn::hold, std::to_string(failed) + " of " + std::to_string(progress.told) + std::string(how) +
                                       std::to_string(may) + " may"};
  }
  return {is_over && progress.proved ? Judgement::Turn::next : Judgement::Turn::wait};
}

}  // namespace activitytrack::server
