#include "administration.hpp"
#include "configuration.hpp"
#include "server/configuration/rollout_rows.hpp"

// config rollout: how far a version has come that goes out in waves, and what is to become of it.

namespace activitytrack::server {
namespace {

Rows waves_table(const RolloutView& view) {
  Rows rows{{"WAVE", "MACHINES", "APPLIED", "PENDING", "OFFLINE", "REFUSED", "REVERTED", "SILENT"}};
  for (const RolloutView::Wave& wave : view.waves) {
    Rows::value_type row{std::to_string(rows.size())};
    for (const std::size_t count :
         {wave.machines, wave.applied, wave.pending, wave.offline, wave.refused, wave.reverted, wave.silent})
      row.push_back(std::to_string(count));
    rows.push_back(std::move(row));
  }
  return rows;
}

Rows failures_table(const RolloutView& view) {
  Rows rows{{"MACHINE", "STATE", "SINCE", "SETTING", "WHY"}};
  for (const RolloutView::Failure& failure : view.failures)
    rows.push_back({failure.machine_id, std::string(to_string(failure.reception)), format_timestamp(failure.at),
                    failure.key.empty() ? "-" : failure.key, failure.reason});
  return rows;
}

std::string heading(const Rollout& rollout, Time now) {
  std::string text =
      "version " + std::to_string(rollout.version) + " by " + rollout.by + ": " + std::string(to_string(rollout.state));
  if (rollout.is_under_way()) text += " in wave " + std::to_string(rollout.wave);
  if (rollout.state == Rollout::State::running)
    text += ", which ends at " + format_timestamp(rollout.wave_began_at + rollout.wave_time);
  const std::string why = why_it_waits(rollout, now);
  return text + (why.empty() ? "" : ": " + why) + "\n";
}

Result<RolloutView> present_view(Store& store, const Rollout& rollout, Time now) {
  const auto layers = read_layers(*store.database);
  if (!layers) return layers.error();
  const auto fleet = fleet_of(store);
  if (!fleet) return fleet.error();
  return view_rollout(rollout, *layers, *fleet, now);
}

Result<void> show(Store& store, Time now) {
  const auto rollout = latest_rollout(*store.database);
  if (!rollout) return rollout.error();
  if (!*rollout) return program::print("no version ever went out in waves\n"), Result<void>();
  std::string text = heading(**rollout, now);
  if ((*rollout)->state != Rollout::State::abandoned) {
    const auto view = present_view(store, **rollout, now);
    if (!view) return view.error();
    text += format_table(waves_table(*view));
    if (!view->failures.empty()) text += format_table(failures_table(*view));
  }
  program::print(text);
  return {};
}

Result<void> decide(const Options& options, Store& store, RolloutAction action, Time now) {
  const auto rollout = latest_rollout(*store.database);
  if (!rollout) return rollout.error();
  if (!*rollout) return Error{ErrorCode::conflict, "no version goes out in waves now"};
  RolloutChange change{.action = action, .version = (*rollout)->version, .info = info_of(options, now)};
  if (action == RolloutAction::abandon) {
    auto view = present_view(store, **rollout, now);
    if (!view) return view.error();
    change.view = std::move(*view);
  }
  const std::string entry = "config rollout " + std::string(to_string(action));
  const auto changed =
      audited(*store.database, command_entry(entry, "", now), [&] { return change_rollout(*store.database, change); });
  return changed ? show(store, now) : changed.error();
}

}  // namespace

int show_or_change_rollout(const Options& options) {
  if (options.arguments.empty()) return with_store(options, show);
  const auto action = parse_rollout_action(options.arguments.front());
  if (!action) return complain({ErrorCode::invalid_input, "it is continue, hold or abandon"}, exit_usage);
  return with_store(options, [&](Store& store, Time now) { return decide(options, store, *action, now); });
}

}  // namespace activitytrack::server
