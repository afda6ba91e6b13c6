#include "server/configuration/rollout_rows.hpp"

#include <sstream>

namespace activitytrack::server {
namespace {

constexpr std::string_view select_rollouts =
    "SELECT version, state, wave, wave_sec, started_at, wave_began_at, tolerated_until, reason, first_place,"
    " second_place, without, ended_waves, ended_failures,"
    " coalesce((SELECT made_by FROM configuration_versions AS made WHERE made.version = "
    "configuration_rollouts.version),"
    " '') FROM configuration_rollouts ";

Rollout rollout_in(const SqlRow& row) {
  Rollout rollout{.version = row.integer(0),
                  .state = parse_rollout_state(row.text(1)).value_or(Rollout::State::held),
                  .by = std::string(row.text(13)),
                  .wave = static_cast<std::size_t>(row.integer(2)),
                  .wave_time = std::chrono::seconds(row.integer(3)),
                  .started_at = row.time(4),
                  .wave_began_at = row.time(5),
                  .tolerated_until = row.time(6),
                  .reason = std::string(row.text(7)),
                  .ended_waves = std::string(row.text(11)),
                  .ended_failures = std::string(row.text(12))};
  rollout.last_places[0] = row.integer(8), rollout.last_places[1] = row.integer(9);
  std::istringstream numbers{std::string(row.text(10))};
  for (std::int64_t number = 0; numbers >> number;) rollout.without.push_back(number);
  return rollout;
}

}  // namespace

Result<std::optional<Rollout>> latest_rollout(Database& database) {
  return select_one(database, std::string(select_rollouts) + "ORDER BY version DESC LIMIT 1", {}, rollout_in);
}

Result<std::vector<Rollout>> read_rollouts(Database& database) {
  return select_all(database, std::string(select_rollouts) + "WHERE state <> 'done' OR without <> '' ORDER BY version",
                    {}, rollout_in);
}

Result<void> write_rollout(Database& database, const Rollout& rollout) {
  std::string without;
  for (const auto number : rollout.without) (without += without.empty() ? "" : " ") += std::to_string(number);
  auto written = database.execute(
      "INSERT INTO configuration_rollouts(version, state, wave, wave_sec, started_at, wave_began_at, tolerated_until,"
      " reason, first_place, second_place, without, ended_waves, ended_failures)"
      " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT(version) DO UPDATE SET"
      " state = excluded.state, wave = excluded.wave, wave_began_at = excluded.wave_began_at,"
      " tolerated_until = excluded.tolerated_until, reason = excluded.reason, without = excluded.without,"
      " ended_waves = excluded.ended_waves,"
      " ended_failures = excluded.ended_failures",
      {rollout.version, to_string(rollout.state), rollout.wave, rollout.wave_time.count(), rollout.started_at,
       rollout.wave_began_at, rollout.tolerated_until, rollout.reason, rollout.last_places[0], rollout.last_places[1],
       without, rollout.ended_waves, rollout.ended_failures});
  if (!written) return written;
  return database.execute(
      "INSERT INTO server_state(name, value) VALUES('configuration_rollout', 1)"
      " ON CONFLICT(name) DO UPDATE SET value = server_state.value + 1");
}

Result<std::optional<Rollout>> rollout_under_way(Database& database) {
  auto rollout = latest_rollout(database);
  if (rollout && *rollout && !(*rollout)->is_under_way()) rollout->reset();
  return rollout;
}

Result<std::vector<std::string>> scopes_of(Database& database, std::int64_t version) {
  return select_texts(database, "SELECT scope FROM configuration_changes WHERE version = $1 ORDER BY scope", {version});
}

}  // namespace activitytrack::server
