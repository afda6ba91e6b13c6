#include "server/configuration/rollout_view.hpp"

#include "core/json_writer.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

bool is_there(const Fleet::Machine& machine, const MachineConfigurationState& said, Time now) {
  return now - std::max(machine.last_seen, said.asked_at) < counts_as_there;
}

void count(RolloutView::Wave& wave, Reception reception, bool there) {
  ++wave.machines;
  wave.applied += reception == Reception::applied;
  wave.refused += reception == Reception::refused;
  wave.reverted += reception == Reception::reverted;
  wave.silent += reception == Reception::silent;
  wave.pending += reception == Reception::none && there;
  wave.offline += reception == Reception::none && !there;
}

}  // namespace

RolloutView view_rollout(const Rollout& rollout, const Layers& layers, const Fleet& fleet, Time now) {
  RolloutView view;
  for (const Fleet::Machine& machine : fleet.machines) {
    const auto& said = fleet.said(machine.machine_id);
    const bool is_told = said.told_version == rollout.version;
    if (!is_told && !layers.concerned(machine.machine_id, rollout.version)) continue;
    const auto reception = reception_of(rollout, said, now);
    count(view.waves[wave_of(rollout, machine.machine_id) - 1], reception, is_there(machine, said, now));
    const bool failed = reception != Reception::none && reception != Reception::applied;
    if (!failed || view.failures.size() == RolloutView::most_failures) continue;
    const bool is_silent = reception == Reception::silent;
    view.failures.push_back({machine.machine_id, reception, is_silent ? "" : said.error_key,
                             is_silent ? "" : said.error_reason, reception_time(rollout, reception, said)});
  }
  return view;
}

std::string waves_json(const RolloutView& view) {
  std::string text;
  JsonWriter json(text);
  json.array(view.waves, [&](const RolloutView::Wave& wave) {
    json.begin_object().field("machines", wave.machines).field("applied", wave.applied);
    json.field("pending", wave.pending).field("offline", wave.offline).field("refused", wave.refused);
    json.field("reverted", wave.reverted).field("silent", wave.silent).end_object();
  });
  return text;
}

std::string failures_json(const RolloutView& view) {
  std::string text;
  JsonWriter json(text);
  json.array(view.failures, [&](const RolloutView::Failure& failure) {
    const auto or_null = [](const std::string& word) { return word.empty() ? std::nullopt : std::optional(word); };
    json.begin_object().field("machine_id", failure.machine_id).field("state", to_string(failure.reception));
    json.field("key", or_null(failure.key)).field("reason", or_null(failure.reason));
    json.field("at", format_timestamp(failure.at)).end_object();
  });
  return text;
}

std::string rollout_news(const Rollout& rollout) {
  return json_object([&](JsonWriter& json) {
    json.field("version", rollout.version).field("state", to_string(rollout.state)).field("wave", rollout.wave);
  });
}

std::string why_it_waits(const Rollout& rollout, Time now) {
  if (rollout.state == Rollout::State::held) return rollout.reason;
  const bool is_overdue = rollout.state == Rollout::State::running && now >= rollout.wave_began_at + rollout.wave_time;
  return is_overdue ? "no machine of this wave has it in force yet" : "";
}

}  // namespace activitytrack::server
