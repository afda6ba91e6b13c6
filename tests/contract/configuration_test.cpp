// The history of agents' configuration: the same in every database that keeps tables.
#include "server/configuration/editing.hpp"
#include "server/configuration/feed.hpp"
#include "server/maintenance/retention.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "print_error.hpp"
#include "store_kinds.hpp"
#include "wait.hpp"

#include <thread>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

EditOutcome set_in(Database& database, const Scope& scope, const std::string& key, const std::string& value) {
  const WantedLayer wanted{.scope = scope, .settings = SettingValues{{key, value}}};
  return transact(database, [&] { return edit(database, wanted, {.at = noon, .by = "ann", .note = "why"}); }).value();
}

}  // namespace

TEST_CASE_TEMPLATE("versions are numbered, kept, and read as they were made", Kind, TABLE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  CHECK(latest_version(database).value() == 0);
  CHECK(set_in(database, {Scope::Kind::defaults}, "send_interval_sec", "20").version == 1);
  CHECK(set_in(database, {Scope::Kind::group, "a"}, "idle_after_sec", "5").version == 2);
  const WantedLayer grouped{.scope = {Scope::Kind::machine, "vm-1"}, .groups = std::vector<std::string>{"a"}};
  CHECK(transact(database, [&] { return edit(database, grouped, {.at = noon}); }).value().version == 3);
  const auto layers = read_layers(database).value();
  CHECK(layers.wanted("vm-1").values == SettingValues{{"idle_after_sec", "5"}, {"send_interval_sec", "20"}});
  CHECK(layers.wanted("vm-1").version == 3);
  CHECK(layers.wanted("vm-2").version == 1);

  CHECK(transact(database, [&] { return roll_back(database, {.at = noon, .rolled_back_to = 1}); }).value().version ==
        4);
  CHECK(read_layers(database).value().wanted("vm-1").values == SettingValues{{"send_interval_sec", "20"}});
  const auto history = read_history(database, INT64_MAX, 10).value();
  REQUIRE(history.size() == 4);
  CHECK(history[0].info.rolled_back_to == 1);
  CHECK(history[3].info.by == "ann");
  CHECK(history[3].info.note == "why");
  CHECK(history[3].changes.at(0).to == "20");
}

TEST_CASE_TEMPLATE("versions that are made at once have numbers of their own, and none is lost", Kind, TABLE_KINDS) {
  Kind kind;
  constexpr int each = 10;
  std::vector<std::thread> editors;
  for (const std::string name : {"a", "b", "c"}) {
    editors.emplace_back([&, name] {
      for (int i = 1; i <= each; ++i)
        set_in(*kind.store.database, {Scope::Kind::group, name}, "send_interval_sec", std::to_string(i));
    });
  }
  for (auto& editor : editors) editor.join();
  const auto layers = read_layers(*kind.store.database).value();
  CHECK(layers.version() == 3 * each);
  for (const auto* name : {"a", "b", "c"}) CHECK(layers.groups().at(name).values.at("send_interval_sec") == "10");
  CHECK(read_history(*kind.store.database, INT64_MAX, 100).value().size() == 3 * each);
}

TEST_CASE_TEMPLATE("what agents said is there for the next server", Kind, TABLE_KINDS) {
  Kind kind;
  MemoryLog log;
  const MachineConfigurationState said{.asked_at = noon,
                                       .applied_version = 7,
                                       .may_loosen = true,
                                       .own_bounds = {{"screenshots.blur_sigma", "20"}},
                                       .state = MachineConfigurationState::State::refused,
                                       .error_version = 8,
                                       .error_key = "k",
                                       .error_reason = "why",
                                       .error_at = noon};
  {
    MachineStates states(*kind.store.database, log);
    states.note("vm-1", said);
    CHECK(states.find("vm-1").value() == said);
  }
  MachineStates next(*kind.store.database, log);
  CHECK(next.find("vm-1").value() == said);
  CHECK(next.all().value().size() == 1);
  CHECK_FALSE(next.find("vm-2").value());
}

TEST_CASE_TEMPLATE("of a machine that is erased nothing stays in the configuration, and every server sees that", Kind,
                   TABLE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const auto enroll = "INSERT INTO enrolled_machines(machine_id, enrolled_at) VALUES($1, $2)";
  REQUIRE(database.execute(enroll, {std::string_view("vm-1"), noon}).has_value());
  set_in(database, {Scope::Kind::machine, "vm-1"}, "send_interval_sec", "20");
  set_in(database, {Scope::Kind::machine, "vm-2"}, "send_interval_sec", "30");
  MemoryLog log;
  {
    MachineStates states(database, log);
    states.note("vm-1", {.asked_at = noon, .applied_version = 1});
    states.note("vm-2", {.asked_at = noon, .applied_version = 2});
  }
  FakeClock clock("2024-01-15T12:00:00Z");
  ConfigurationFeed other(database, *kind.store.reader, clock, log);
  REQUIRE(wait_until([&] { return other.layers() && other.layers()->version() == 2; }));
  REQUIRE(database.transact([&] { return begin_erasure(database, "vm-1", noon); }).has_value());
  for (const auto* table : {"configuration_machines WHERE machine_id", "configuration_changes WHERE scope"}) {
    const std::string sql = "SELECT 1 FROM " + std::string(table) + " LIKE $1";
    CHECK_FALSE(database.finds(sql, {std::string_view("%vm-1")}).value());
    CHECK(database.finds(sql, {std::string_view("%vm-2")}).value());
  }
  REQUIRE(wait_until([&] { return other.layers()->wanted("vm-1").values.empty(); }));
  CHECK(other.layers()->wanted("vm-2").values == SettingValues{{"send_interval_sec", "30"}});
  CHECK(set_in(database, {Scope::Kind::defaults}, "send_interval_sec", "40").version == 4);
  CHECK(read_history(database, INT64_MAX, 10).value().at(2).changes.empty());
}
