// Versions that go out in waves: the same in every database that keeps tables, and by however many servers.
#include "server/configuration/editing.hpp"
#include "server/configuration/feed.hpp"
#include "server/configuration/rollout_rows.hpp"
#include "server/maintenance/retention.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "print_error.hpp"
#include "store_kinds.hpp"

#include <algorithm>
#include <thread>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

const Scope defaults{Scope::Kind::defaults}, group_a{Scope::Kind::group, "a"};

/// A database with machines whose agents are there.
template <class Kind>
struct Fleets {
  explicit Fleets(int machines) {
    for (int i = 0; i < machines; ++i) {
      ids.push_back("vm-" + std::to_string(100 + i));
      const Event event = event_of(ids.back(), noon);
      REQUIRE(kind.store.writer->append(std::vector{Batch{{&event, 1}, std::nullopt}}, noon).has_value());
    }
    say([](MachineStates& states, const std::string& id) { states.note(id, {.asked_at = noon}); });
  }

  /// What agents say, written down.
  template <class Say>
  void say(Say each) {
    MachineStates states(database, log);
    for (const auto& id : ids) each(states, id);
  }

  EditOutcome change(const WantedLayer& wanted, bool in_waves = false) {
    std::optional<InWaves> waves;
    if (in_waves) waves = InWaves{60s, read_fleet(*kind.store.reader, read_machine_states(database).value()).value()};
    return transact(database, [&] { return edit(database, wanted, {.at = noon, .by = "ann"}, waves); }).value();
  }
  EditOutcome set(const Scope& scope, const std::string& value, bool in_waves = false) {
    return change({.scope = scope, .settings = SettingValues{{"idle_after_sec", value}}}, in_waves);
  }

  Rollout decide(RolloutAction action, std::int64_t version, Time when = noon) {
    const RolloutChange wanted{.action = action, .version = version, .info = {.at = when, .by = "ann"}};
    return transact(database, [&] { return change_rollout(database, wanted); }).value();
  }

  /// Each machine takes what it is sent, as of now, and says so at `when`. Returns the versions that came.
  std::vector<std::int64_t> take(Time when = noon) {
    std::vector<std::int64_t> came;
    const auto layers = read_layers(database).value();
    say([&](MachineStates& states, const std::string& id) {
      const auto sent = settings_for(layers, id, said[id]);
      if (is_known(said[id], sent.version)) return;
      said[id] = {.asked_at = when, .applied_version = sent.version};
      content[id] = value_in(sent.values, "idle_after_sec");
      states.note(id, said[id]);
      if (sent.rollout > 0) states.note_told(id, sent.rollout, when);
      came.push_back(sent.version);
    });
    std::ranges::sort(came);
    return came;
  }

  std::optional<Rollout> drive(Time now) { return drive_rollout(database, *kind.store.reader, now).value(); }

  Kind kind;
  Database& database = *kind.store.database;
  MemoryLog log;
  std::vector<std::string> ids;
  std::map<std::string, MachineConfigurationState> said;
  std::map<std::string, std::string> content;  ///< what each machine has in force
};

using Versions = std::vector<std::int64_t>;

}  // namespace

TEST_CASE_TEMPLATE("a rollout goes on by what is on disk, whichever server looks", Kind, TABLE_KINDS) {
  Fleets<Kind> fleet(30);
  CHECK(fleet.set(defaults, "30", true).version == 1);
  CHECK(fleet.take() == Versions(1, 1));
  CHECK_FALSE(fleet.drive(noon + 59s));
  std::vector<std::optional<Rollout>> moved(4);
  std::vector<std::thread> servers;
  for (auto& result : moved) servers.emplace_back([&] { result = fleet.drive(noon + 60s); });
  for (auto& server : servers) server.join();
  CHECK(std::ranges::count_if(moved, [](const auto& result) { return result.has_value(); }) == 1);
  const auto rollout = latest_rollout(fleet.database).value().value();
  CHECK(rollout.wave == 2);
  CHECK(rollout.wave_began_at == noon + 60s);
  CHECK(rollout.by == "ann");
  CHECK(fleet.take() == Versions(3, 1));
  CHECK(fleet.drive(noon + 120s)->wave == 3);
  CHECK(fleet.take() == Versions(26, 1));
  CHECK(fleet.drive(noon + 180s)->state == Rollout::State::done);
  CHECK_FALSE(fleet.drive(noon + 1h));
  CHECK(read_history(fleet.database, INT64_MAX, 10).value().at(0).rollout == "done");
}

TEST_CASE_TEMPLATE("what others change of other scopes reaches every machine, and the wave reaches it after that", Kind,
                   TABLE_KINDS) {
  Fleets<Kind> fleet(30);
  fleet.set(group_a, "5");
  const std::vector<std::string> groups{"a"};
  const auto join = [&](const std::string& id) {
    return fleet.change({.scope = {Scope::Kind::machine, id}, .groups = groups}).version;
  };
  CHECK(fleet.set(group_a, "6", true).version == 2);  // reaches nobody yet: done
  CHECK(fleet.set(defaults, "30", true).version == 3);
  CHECK(fleet.take() == Versions(1, 3));
  const auto first =
      std::ranges::find_if(fleet.ids, [&](const auto& id) { return fleet.said[id].applied_version > 0; });
  const std::string waits = *first == fleet.ids[0] ? fleet.ids[1] : fleet.ids[0];
  const WantedLayer other{.scope = {Scope::Kind::machine, waits},
                          .settings = SettingValues{{"send_interval_sec", "20"}}};
  CHECK(fleet.change(other).version == 4);  // and number 5, for when it has both
  CHECK(fleet.take() == Versions{4});
  CHECK(fleet.content[waits].empty());
  CHECK(join(*first) == 6);
  CHECK(fleet.take() == Versions{7});  // it has both
  CHECK(fleet.content[*first] == "6");
  fleet.decide(RolloutAction::go_on, 3);
  fleet.decide(RolloutAction::go_on, 3);
  const auto came = fleet.take();
  CHECK(came.size() == 29);
  CHECK(came.back() == 5);
  CHECK(fleet.content[waits] == "30");
  fleet.decide(RolloutAction::go_on, 3);
  CHECK(latest_rollout(fleet.database).value()->state == Rollout::State::done);
  CHECK(fleet.take().empty());
  CHECK(fleet.set(defaults, "40").version == 8);
  CHECK(fleet.take() == Versions(30, 8));
}

TEST_CASE_TEMPLATE("a group that a version made goes with it, and its machines leave it", Kind, TABLE_KINDS) {
  Fleets<Kind> fleet(3);
  const auto& id = fleet.ids[0];
  CHECK(fleet.set(defaults, "10").version == 1);
  fleet.change({.scope = group_a, .settings = SettingValues{{"idle_after_sec", "50"}}});
  fleet.change({.scope = {Scope::Kind::machine, id}, .groups = std::vector<std::string>{"a"}});
  CHECK(fleet.change({.scope = group_a, .remove = true}, true).version == 4);
  CHECK(read_layers(fleet.database).value().groups_of(id).empty());
  CHECK(fleet.take().size() == 3);
  CHECK(fleet.content[id] == "10");
  fleet.decide(RolloutAction::abandon, 4);
  CHECK(fleet.take() == Versions{5});
  CHECK(fleet.content[id] == "50");

  const Scope group_b{Scope::Kind::group, "b"};
  CHECK(transact(fleet.database, [&] { return roll_back(fleet.database, {.at = noon, .rolled_back_to = 1}); })
            .value()
            .version == 6);
  const InWaves waves{60s, read_fleet(*fleet.kind.store.reader, read_machine_states(fleet.database).value()).value()};
  CHECK(transact(fleet.database, [&] { return roll_back(fleet.database, {.at = noon, .rolled_back_to = 3}, waves); })
            .value()
            .version == 7);  // makes the group again, in waves
  CHECK(
      fleet.change({.scope = {Scope::Kind::machine, fleet.ids[1]}, .groups = std::vector<std::string>{"a"}}).version ==
      8);
  fleet.take();
  fleet.decide(RolloutAction::abandon, 7);
  fleet.take();
  for (const auto& each : fleet.ids) CHECK(fleet.content[each] == "10");
  CHECK(read_layers(fleet.database).value().of({Scope::Kind::machine, fleet.ids[1]}).groups.empty());
}

TEST_CASE_TEMPLATE("a machine that is erased, and one that comes, leave a rollout as it is", Kind, TABLE_KINDS) {
  Fleets<Kind> fleet(30);
  fleet.set(defaults, "30", true);
  CHECK(fleet.take() == Versions(1, 1));
  const auto canary =
      *std::ranges::find_if(fleet.ids, [&](const auto& id) { return fleet.said[id].applied_version > 0; });
  const auto enroll = "INSERT INTO enrolled_machines(machine_id, enrolled_at) VALUES($1, $2)";
  REQUIRE(fleet.database.execute(enroll, {std::string_view(canary), noon}).has_value());
  REQUIRE(fleet.database.transact([&] { return begin_erasure(fleet.database, canary, noon); }).has_value());
  std::erase(fleet.ids, canary);
  CHECK_FALSE(fleet.drive(noon + 59s));
  const Event event = event_of("new", noon);
  REQUIRE(fleet.kind.store.writer->append(std::vector{Batch{{&event, 1}, std::nullopt}}, noon).has_value());
  fleet.ids.push_back("new");
  const auto wave = wave_of(*read_layers(fleet.database).value().rollout(), "new");
  CHECK(fleet.take().size() == (wave == 1 ? 1 : 0));
  for (int i = 0; i < 2; ++i) fleet.decide(RolloutAction::go_on, 1);
  fleet.take();
  for (const auto& each : fleet.ids) CHECK(fleet.content[each] == "30");
}

TEST_CASE_TEMPLATE("only one of those that begin rollouts at once begins one", Kind, TABLE_KINDS) {
  Fleets<Kind> fleet(3);
  std::atomic<int> begun = 0, refused = 0;
  std::vector<std::thread> people;
  const InWaves waves{60s, read_fleet(*fleet.kind.store.reader, read_machine_states(fleet.database).value()).value()};
  for (const auto& id : fleet.ids) {
    people.emplace_back([&, id] {
      const WantedLayer wanted{.scope = {Scope::Kind::machine, id},
                               .settings = SettingValues{{"idle_after_sec", "30"}}};
      const auto made = transact(fleet.database, [&] { return edit(fleet.database, wanted, {.at = noon}, waves); });
      if (made) {
        ++begun;
      } else {
        CHECK(made.error().code == ErrorCode::conflict);
        ++refused;
      }
    });
  }
  for (auto& each : people) each.join();
  CHECK(begun == 1);
  CHECK(refused == 2);
}

TEST_CASE_TEMPLATE("when an error was first heard of, and when a machine was first told, stay", Kind, TABLE_KINDS) {
  Fleets<Kind> fleet(1);
  const auto& id = fleet.ids[0];
  MachineConfigurationState refused{
      .asked_at = noon, .state = MachineConfigurationState::State::refused, .error_version = 3};
  for (int minutes = 0; minutes < 3; ++minutes) {
    refused.asked_at = noon + std::chrono::minutes(minutes);
    MachineStates server(fleet.database, fleet.log);  // another one each time
    server.note(id, refused);
    server.note_told(id, 3, refused.asked_at);
    const auto seen = server.find(id).value().value();
    CHECK(seen.error_at == noon);
    CHECK(seen.told_at == noon);
    CHECK(seen.told_version == 3);
    CHECK(seen.asked_at == refused.asked_at);
  }
  CHECK(read_machine_states(fleet.database).value().at(id).error_at == noon);
  refused.error_version = 4;
  MachineStates server(fleet.database, fleet.log);
  server.note(id, refused);
  CHECK(server.find(id).value()->error_at == refused.asked_at);
}

TEST_CASE_TEMPLATE("what an agent says with its events counts, and what it was told stays", Kind, TABLE_KINDS) {
  Fleets<Kind> fleet(1);
  const auto& id = fleet.ids[0];
  AgentConfiguration refused{.state = AgentConfiguration::State::refused, .error_version = 3, .change = 1};
  for (int minutes = 0; minutes < 3; ++minutes, ++refused.change) {
    MachineStates server(fleet.database, fleet.log);
    server.note_told(id, 3, noon);
    server.note_with_events(id, refused, noon + std::chrono::minutes(minutes));
    const auto seen = server.find(id).value().value();
    CHECK(seen.error_version == 3);
    CHECK(seen.error_at == noon);
    CHECK(seen.told_version == 3);
    CHECK(seen.asked_at == noon);
  }
  int told = 0;
  CHECK(read_told_machines(fleet.database, 3, [&](std::string_view machine_id, const auto& said) {
          ++told;
          CHECK(machine_id == id);
          CHECK(reception_of({.version = 3}, said, noon) == Reception::refused);
        }).has_value());
  CHECK(told == 1);
}

TEST_CASE_TEMPLATE("an agent that only sends events is heard by what it says with them", Kind, TABLE_KINDS) {
  Fleets<Kind> fleet(20);
  const MachineConfigurationState silent{.asked_at = noon - 1h};
  fleet.say([&](MachineStates& states, const std::string& id) { states.note(id, silent); });
  for (const auto& id : fleet.ids) {
    MachineStates(fleet.database, fleet.log).note_with_events(id, {.change = 1}, noon);
    const InWaves in_waves{60s,
                           read_fleet(*fleet.kind.store.reader, read_machine_states(fleet.database).value()).value()};
    Layers layers;
    layers.take(1, defaults, Layer{});
    CHECK(wave_of(planned_rollout(layers, 1, in_waves, noon), id) == 1);
    MachineStates(fleet.database, fleet.log).note(id, silent);
  }
}
