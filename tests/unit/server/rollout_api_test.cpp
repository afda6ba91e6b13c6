// A rollout in waves as people and agents see it.
#include <doctest/doctest.h>

#include "configurer.hpp"

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

/// A fleet whose agents do as they are told.
class Fleets : public Configurer {
 public:
  explicit Fleets(int count) {
    for (int i = 0; i < count; ++i) {
      agents.push_back("vm-" + std::to_string(i));
      Event event;
      event.machine_id = agents.back(), event.timestamp = clock.now();
      REQUIRE(store.writer->append(std::vector{Batch{{&event, 1}, std::nullopt}}, clock.now()).has_value());
    }
    settle();
    for (const auto& agent : agents) poll(agent, "version=0");
  }

  Response poll(const std::string& agent, const std::string& query) {
    return get("/api/config?machine_id=" + agent + "&" + query);
  }

  /// All agents ask once; those that are sent a version say that they have it, or, of the last ones to ask, refuse it.
  /// Returns how many were sent one.
  int round(int refusing = 0) {
    int sent = 0;
    for (auto& agent : agents) {
      const auto known = "version=" + std::to_string(versions[agent]) + errors[agent];
      const auto answer = poll(agent, known);
      if (answer.status != 200) continue;
      ++sent;
      const auto version = json_of(answer).at("version").as_int64();
      if (refusing-- > 0) {
        errors[agent] = "&error_version=" + std::to_string(version) + "&error_key=idle_after_sec&error=no";
      } else {
        versions[agent] = version;
      }
      poll(agent, "version=" + std::to_string(versions[agent]) + errors[agent]);
    }
    return sent;
  }

  boost::json::object rollout() { return json_of(get("/api/configuration/rollout")).at("rollout").as_object(); }
  bool is(const std::string& state, int wave) {
    const auto now = rollout();
    return now.at("state").as_string() == state && now.at("wave") == wave;
  }

  /// What agents said is written down, the time of a wave passes, and the feed has moved on.
  bool becomes(const std::string& state, int wave, std::chrono::seconds after = 10s) {
    REQUIRE(wait_until([&] { return read_machine_states(*store.database).value() == machine_states.all().value(); }));
    clock.pass(after);
    return wait_until([&] { return is(state, wave); }) && (settle(), true);
  }

  /// By the answer to its events, of an agent that has this version in force.
  std::int64_t wanted(const std::string& agent, int version) {
    const auto answer =
        json_of(post(R"({"agent":{"version":"1","collect_interval_sec":1,"send_interval_sec":1,"capture":"working",)"
                     R"("machine_id":")" +
                     agent + R"(","configuration_version":)" + std::to_string(version) + R"(},"events":[]})"));
    return answer.at("configuration_version").as_int64();
  }

  Response act(const std::string& action, int version) {
    return send("POST", "configuration/rollout",
                R"({"action":")" + action + R"(","version":)" + std::to_string(version) + "}");
  }

  std::vector<std::string> agents;
  std::map<std::string, std::int64_t> versions;
  std::map<std::string, std::string> errors;
};

constexpr auto change = R"({"settings":{"idle_after_sec":30},"rollout":{"wave_sec":10}})";

}  // namespace

TEST_CASE("a version goes out to one machine, to a tenth, to all") {
  Fleets api(20);
  CHECK(api.get("/api/configuration/rollout").body == R"({"rollout":null})");
  const auto trial = api.put("configuration/defaults?dry_run=1", change);
  CHECK(boost::json::serialize(json_of(trial).at("waves")) == "[1,2,17]");
  CHECK(api.put("configuration/defaults", change).body == R"({"version":1})");
  CHECK(api.rollout().at("wave_ends_at") == "2024-01-15T12:00:10Z");
  CHECK(api.round() == 1);
  CHECK(api.round() == 0);
  CHECK(api.becomes("running", 2));
  CHECK(api.round() == 2);
  CHECK(api.becomes("running", 3));
  CHECK(api.round() == 17);
  CHECK(api.becomes("done", 3));
  CHECK(api.rollout().at("wave_ends_at").is_null());
  CHECK(boost::json::serialize(api.rollout().at("waves").at(2)) ==
        R"({"machines":17,"applied":17,"pending":0,"offline":0,"refused":0,"reverted":0,"silent":0})");
  CHECK(json_of(api.get("/api/configuration/versions")).at("versions").at(0).at("rollout") == "done");
}

TEST_CASE("a wave in which too many refuse holds it, and somebody goes on with it") {
  Fleets api(40);
  api.put("configuration/defaults", change);
  CHECK(api.round() == 1);
  CHECK(api.becomes("running", 2));
  CHECK(api.round(2) == 4);
  CHECK(api.becomes("held", 2, 0s));
  CHECK(api.rollout().at("reason") == "2 of 5 machines refused or reverted it, 1 may");
  CHECK(api.rollout().at("failures").as_array().size() == 2);
  CHECK(api.rollout().at("failures").at(0).at("key") == "idle_after_sec");
  const auto attention = json_of(api.get("/api/fleet")).at("attention");
  CHECK(attention.at(0).at("cause") == "configuration_refused");
  CHECK(attention.at(1).at("cause") == "rollout_held");
  CHECK(attention.at(1).at("count") == 35);
  CHECK(attention.at(1).at("detail") ==
        "Version 1 of the configuration goes to no more machines until somebody decides: 2 of 5 machines refused or "
        "reverted it, 1 may.");
  api.clock.pass(1h);
  CHECK(api.round() == 0);
  CHECK(api.act("hold", 1).status == 409);
  CHECK(api.act("continue", 2).status == 409);
  CHECK(api.act("wait", 1).status == 400);
  CHECK(api.act("continue", 1).status == 200);
  CHECK(api.is("running", 3));
  CHECK(api.round(1) == 35);
  CHECK(api.becomes("done", 3));
  CHECK(api.act("continue", 1).status == 409);
}

TEST_CASE("machines that are told and say nothing hold it at the end of the wave") {
  Fleets api(40);
  api.put("configuration/defaults", change);
  CHECK(api.round() == 1);
  CHECK(api.becomes("running", 2));
  int told = 0;
  for (const auto& agent : api.agents)
    if (api.versions[agent] == 0) told += api.poll(agent, "version=0").status == 200;
  CHECK(told == 4);
  CHECK(api.becomes("held", 2));
  CHECK(api.rollout().at("waves").at(1).at("silent") == 4);
  CHECK(api.rollout().at("failures").at(0).at("state") == "silent");
  CHECK(api.rollout().at("failures").at(0).at("reason").is_null());
}

TEST_CASE("what is held is sent to nobody who does not have it, and taken back from all") {
  Fleets api(20);
  api.put("configuration/defaults", R"({"settings":{"idle_after_sec":90}})");
  CHECK(api.round() == 20);
  api.put("configuration/defaults", R"({"settings":{"idle_after_sec":30},"rollout":{}})");
  CHECK(api.act("continue", 2).status == 200);
  CHECK(api.act("hold", 2).status == 200);
  CHECK(api.rollout().at("reason") == "held by anyone");
  CHECK(api.round() == 0);
  CHECK(api.act("continue", 2).status == 200);
  api.agents.resize(5);
  CHECK(api.round() == 5);
  CHECK(api.act("hold", 2).status == 200);
  CHECK(api.machine("waits_for_wave", "vm-19") != "null");
  CHECK(api.machine("effective", "vm-19") == R"({"idle_after_sec":90})");
  CHECK(api.machine("effective", "vm-0") == R"({"idle_after_sec":30})");
  CHECK(api.machine("state", "vm-0") == R"("applied")");
  CHECK(api.wanted("vm-0", 2) == 2);
  CHECK(api.wanted("vm-19", 1) == 1);
  CHECK(api.act("abandon", 2).status == 200);
  CHECK(api.is("abandoned", 3));
  CHECK(api.round() == 5);
  CHECK(api.machine("effective", "vm-0") == R"({"idle_after_sec":90})");
  const auto waves = api.rollout().at("waves").as_array();  // as it was when it was taken back
  CHECK(waves.at(0).at("applied").as_int64() + waves.at(1).at("applied").as_int64() +
            waves.at(2).at("applied").as_int64() ==
        5);
  const auto versions = json_of(api.get("/api/configuration/versions")).at("versions");
  CHECK(versions.at(0).at("note") == "takes back version 2");
  CHECK(versions.at(1).at("rollout") == "abandoned");
}

TEST_CASE("while a version goes out its scopes are not changed, and no other goes out") {
  Fleets api(20);
  api.put("configuration/groups/a", R"({"settings":{}})");
  api.put("configuration/defaults", change);
  const auto refused = api.put("configuration/defaults", R"({"settings":{"idle_after_sec":40}})");
  CHECK(refused.status == 409);
  CHECK(json_of(refused).at("detail") ==
        "version 2, which changed defaults, goes out in waves; let it end, or take it back");
  CHECK(api.put("configuration/defaults?dry_run=1", R"({"settings":{}})").status == 409);
  CHECK(api.put("configuration/defaults", R"({"settings":{}})", "\"1\"").status == 412);
  CHECK(api.send("POST", "configuration/rollback", R"({"version":1})").status == 409);
  CHECK(api.put("configuration/groups/a", R"({"settings":{"idle_after_sec":5},"rollout":{}})").status == 409);
  CHECK(api.send("DELETE", "configuration/groups/a?rollout=60").status == 409);
  CHECK(api.send("DELETE", "configuration/groups/a?rollout=5").status == 400);
  for (const auto* wrong : {"9", "86401", "\"60\"", "1.5"})
    CHECK(api.put("configuration/defaults", R"({"settings":{},"rollout":{"wave_sec":)" + std::string(wrong) + "}}")
              .status == 400);
  CHECK(api.put("configuration/groups/a", R"({"settings":{"idle_after_sec":5}})").body == R"({"version":3})");
  CHECK(api.act("abandon", 2).status == 200);
  CHECK(api.put("configuration/defaults", R"({"settings":{"idle_after_sec":40}})").status == 200);
}

TEST_CASE("one that reaches no machine is done, and one that reaches one has one wave") {
  Fleets api(1);
  api.put("configuration/groups/a", R"({"settings":{"idle_after_sec":5},"rollout":{}})");
  CHECK(api.is("done", 1));
  api.put("machines/vm-0/configuration", R"({"groups":["a"],"rollout":{"wave_sec":10}})");
  CHECK(api.round() == 1);
  CHECK(api.becomes("done", 1));
}

TEST_CASE("a wave whose machines are gone ends") {
  Fleets api(1);
  api.put("machines/another/configuration", R"({"settings":{"idle_after_sec":30}})");
  api.put("configuration/groups", R"({"order":[],"rollout":{"wave_sec":10}})");  // nothing new
  CHECK(api.get("/api/configuration/rollout").body == R"({"rollout":null})");
  api.put("machines/vm-0/configuration", R"({"settings":{"idle_after_sec":30},"rollout":{"wave_sec":10}})");
  api.clock.pass(1min);
  CHECK(api.is("running", 1));
  CHECK(api.rollout().at("reason") == "no machine of this wave has it in force yet");
  REQUIRE(api.store.database->transact([&] { return forget_machine(*api.store.database, "vm-0"); }).has_value());
  CHECK(api.becomes("done", 1));
}

TEST_CASE("who listens to the feed is told of each change of a rollout") {
  Fleets api(20);
  std::atomic<std::size_t> wave = 0;
  api.configuration.listen(
      [&](const Layers& layers) { wave = layers.rollout() ? layers.rollout()->wave : std::size_t{0}; });
  api.put("configuration/defaults", change);
  CHECK(wave == 1);
  CHECK(api.act("continue", 1).status == 200);
  CHECK(wait_until([&] { return wave == 2; }));
  CHECK(api.act("abandon", 1).status == 200);
  CHECK(wait_until([&] { return wave == 0; }));
}
