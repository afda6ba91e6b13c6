#include <doctest/doctest.h>

#include "configurer.hpp"

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

std::string error_field(const Response& response) {
  return std::string(json_of(response).at("errors").at(0).at("field").as_string());
}

}  // namespace

TEST_CASE("a later layer wins: defaults, groups in their order, the machine's own") {
  Configurer api;
  CHECK(api.put("configuration/defaults", R"({"settings":{"collect_interval_sec":10,"send_interval_sec":20}})").body ==
        R"({"version":1})");
  api.put("configuration/groups/a", R"({"settings":{"collect_interval_sec":11,"idle_after_sec":31}})");
  api.put("configuration/groups/b", R"({"settings":{"collect_interval_sec":12}})");
  CHECK(api.machine("effective") == R"({"collect_interval_sec":10,"send_interval_sec":20})");
  CHECK(api.put("machines/vm-1/configuration", R"({"groups":["b","a"]})").status == 200);
  CHECK(api.machine("effective") == R"({"collect_interval_sec":12,"idle_after_sec":31,"send_interval_sec":20})");
  CHECK(api.machine("groups") == R"(["a","b"])");
  api.put("configuration/groups", R"({"order":["b","a"]})");
  CHECK(api.machine("effective") == R"({"collect_interval_sec":11,"idle_after_sec":31,"send_interval_sec":20})");
  api.put("machines/vm-1/configuration", R"({"settings":{"idle_after_sec":99}})");
  CHECK(api.machine("effective") == R"({"collect_interval_sec":11,"idle_after_sec":99,"send_interval_sec":20})");
  CHECK(api.machine("groups") == R"(["b","a"])");  // what is not given stays
  api.put("machines/vm-1/configuration", R"({"settings":{"idle_after_sec":null}})");
  CHECK(api.machine("settings") == "{}");
  CHECK(api.machine("effective", "vm-2") == R"({"collect_interval_sec":10,"send_interval_sec":20})");
  CHECK(api.send("DELETE", "configuration/groups/a").status == 200);
  CHECK(api.machine("effective") == R"({"collect_interval_sec":12,"send_interval_sec":20})");
  CHECK(api.send("DELETE", "configuration/groups/a").status == 404);
}

TEST_CASE("what does not validate is refused with its field, and nothing of the request is kept") {
  Configurer api;
  const auto refused = api.put("configuration/defaults",
                               R"({"settings":{"collect_interval_sec":10,"screenshots.interval_min":0,"nothing":1}})");
  CHECK(refused.status == 422);
  CHECK(json_of(refused).at("errors").as_array().size() == 2);
  CHECK(
      std::string(json_of(refused).at("detail").as_string()).starts_with("settings.nothing: there is no such setting"));
  for (const auto* key : {"server_url", "credential", "s3.secret_key", "remote.may_loosen"}) {
    const auto never = api.put("configuration/defaults", "{\"settings\":{\"" + std::string(key) + "\":\"x\"}}");
    CHECK(never.status == 422);
    CHECK(error_field(never) == "settings." + std::string(key));
  }
  CHECK(error_field(api.put("machines/vm-1/configuration", R"({"groups":["none"]})")) == "groups");
  CHECK(error_field(api.put("configuration/groups/.a", R"({"settings":{}})")) == "group");
  CHECK(api.put("configuration/defaults", "{}").status == 400);
  CHECK(api.put("configuration/defaults", R"({"settings":[]})").status == 400);
  CHECK(json_of(api.get("/api/configuration")).at("version") == 0);
}

TEST_CASE("who changes a scope that somebody else changed meanwhile sees both") {
  Configurer api;
  api.put("configuration/defaults", R"({"settings":{"send_interval_sec":20}})");
  CHECK(api.put("configuration/defaults", R"({"settings":{"send_interval_sec":30}})", "\"1\"").status == 200);
  const auto late = api.put("configuration/defaults", R"({"settings":{"send_interval_sec":40}})", "\"1\"");
  CHECK(late.status == 412);
  CHECK(boost::json::serialize(json_of(late).at("current")) == R"({"version":2,"settings":{"send_interval_sec":30}})");
  CHECK(api.put("configuration/groups/a", R"({"settings":{}})", "\"0\"").status == 200);  // other scopes have not moved
  CHECK(api.put("configuration/defaults", R"({"settings":{}})", "nonsense").status == 400);
  CHECK(api.put("configuration/defaults", R"({"settings":{"send_interval_sec":30}})").body ==
        R"({"version":3})");  // nothing to change
}

TEST_CASE("a trial says what would become of it, and changes nothing") {
  Configurer api;
  for (const auto* id : {"vm-1", "vm-2", "vm-3"}) {
    Event event;
    event.machine_id = id, event.timestamp = api.clock.now();
    REQUIRE(api.store.writer->append(std::vector{Batch{{&event, 1}, std::nullopt}}, api.clock.now()).has_value());
  }
  api.settle();
  CHECK(api.get("/api/config?machine_id=vm-2&may_loosen=true").status == 304);
  api.put("machines/vm-3/configuration", R"({"settings":{"screenshots.blur_sigma":30}})");
  const auto trial = api.put("configuration/defaults?dry_run=1",
                             R"({"settings":{"screenshots.blur":false,"screenshots.blur_sigma":20}})");
  CHECK(boost::json::serialize(json_of(trial).at("effects")) ==
        R"([{"key":"screenshots.blur","from":null,"to":false,"machines":3,"wanted":3,"changes":1,"left_out":2,)"
        R"("loosened":1},)"
        R"({"key":"screenshots.blur_sigma","from":null,"to":20,"machines":3,"wanted":2,"changes":2,"left_out":0,)"
        R"("loosened":0}])");
  CHECK(boost::json::serialize(json_of(trial).at("changed")) == R"({"count":2,"machines":["vm-1","vm-2"]})");
  CHECK(boost::json::serialize(json_of(trial).at("left_out")) == R"({"count":2,"machines":["vm-1","vm-3"]})");
  CHECK(boost::json::serialize(json_of(trial).at("loosened")) == R"({"count":1,"machines":["vm-2"]})");
  CHECK(json_of(api.get("/api/configuration")).at("version") == 1);
  CHECK(api.put("configuration/defaults?dry_run=2", R"({"settings":{}})").status == 400);
}

TEST_CASE("versions are kept, and going back to one makes a new one") {
  Configurer api;
  api.put("configuration/defaults", R"({"settings":{"send_interval_sec":20},"note":"first"})");
  api.put("configuration/groups/a", R"({"settings":{"idle_after_sec":31}})");
  api.put("machines/vm-1/configuration", R"({"groups":["a"]})");
  api.put("configuration/defaults", R"({"settings":{"send_interval_sec":30}})");
  CHECK(api.send("POST", "configuration/rollback", R"({"version":1})").body == R"({"version":5})");
  CHECK(api.machine("effective") == R"({"send_interval_sec":20})");
  CHECK(api.machine("groups") == "[]");
  CHECK(api.send("POST", "configuration/rollback", R"({"version":4})").body == R"({"version":6})");
  CHECK(api.machine("effective") == R"({"idle_after_sec":31,"send_interval_sec":30})");
  CHECK(api.send("POST", "configuration/rollback", R"({"version":99})").status == 404);
  CHECK(api.send("POST", "configuration/rollback", "{}").status == 400);

  const auto page = json_of(api.get("/api/configuration/versions?limit=1"));
  CHECK(page.at("versions").at(0).at("rolled_back_to") == 4);
  const auto rest =
      json_of(api.get("/api/configuration/versions?cursor=" + std::string(page.at("next_cursor").as_string())));
  CHECK(rest.at("versions").as_array().size() == 5);
  const auto& first = rest.at("versions").at(4);
  CHECK(first.at("note") == "first");
  CHECK(first.at("by") == "anyone");
  CHECK(boost::json::serialize(first.at("changes")) ==
        R"([{"scope":"defaults","key":"send_interval_sec","from":null,"to":20}])");
}

TEST_CASE("an agent is sent what is new to it, less what it would refuse") {
  Configurer api;
  api.settle();
  CHECK(api.ask("version=0").status == 304);
  api.put("configuration/defaults", R"({"settings":{"screenshots.blur":false,"send_interval_sec":20}})");
  CHECK(api.ask("version=0").body ==
        R"({"version":1,"settings":{"send_interval_sec":20},"left_out":["screenshots.blur"]})");
  CHECK(api.machine("left_out") == R"(["screenshots.blur"])");
  CHECK(api.machine("state") == R"("pending")");
  CHECK(api.ask("version=1").status == 304);
  CHECK(api.machine("state") == R"("applied")");
  CHECK(api.ask("version=0&may_loosen=true").body ==
        R"({"version":1,"settings":{"screenshots.blur":false,"send_interval_sec":20}})");
  api.put("configuration/defaults", R"({"settings":{"screenshots.blur_sigma":10}})");
  CHECK(api.ask("version=1&bounds=%7B%22screenshots.blur_sigma%22%3A20%7D").body ==
        R"({"version":2,"settings":{},"left_out":["screenshots.blur_sigma"]})");
  CHECK(api.ask("version=1").body == R"({"version":2,"settings":{"screenshots.blur_sigma":10}})");
  CHECK(api.ask("version=2&bounds=nonsense").status == 400);
}

TEST_CASE("what an agent refused, it is not sent again; why is shown") {
  Configurer api;
  api.put("configuration/defaults", R"({"settings":{"send_interval_sec":20}})");
  CHECK(api.ask("version=0&error_key=send_interval_sec&error=no").status == 304);
  CHECK(api.machine("state") == R"("refused")");
  CHECK(api.machine("error") == R"({"key":"send_interval_sec","reason":"no"})");
  CHECK(api.ask("version=0&error_version=1&state=reverted&error=lost").status == 304);
  CHECK(api.machine("state") == R"("reverted")");
  api.put("configuration/defaults", R"({"settings":{"send_interval_sec":25}})");
  CHECK(api.machine("state") == R"("pending")");
  CHECK(api.ask("version=0&error_version=1&state=reverted&error=lost").status == 200);
  CHECK(api.ask("version=2&state=needs_restart").status == 304);
  CHECK(api.machine("state") == R"("needs_restart")");
}

TEST_CASE("an agent that waits is answered when something is new, and at the end of the feed") {
  Configurer api;
  api.settle();
  auto first = std::async(std::launch::async, [&] { return api.ask("version=0&wait=300"); });
  wait_until([&] { return api.configuration.waiting() == 1; });
  api.put("machines/vm-2/configuration", R"({"settings":{"send_interval_sec":20}})");  // concerns another
  CHECK(api.configuration.waiting() == 1);
  api.put("machines/vm-1/configuration", R"({"settings":{"send_interval_sec":20}})");
  CHECK(first.get().body == R"({"version":2,"settings":{"send_interval_sec":20}})");
  auto second = std::async(std::launch::async, [&] { return api.ask("version=2&wait=300"); });
  wait_until([&] { return api.configuration.waiting() == 1; });
  api.configuration.stop();
  CHECK(second.get().status == 304);
}

TEST_CASE("what another server of the database made is found by looking") {
  Configurer api;
  api.settle();
  auto waiting = std::async(std::launch::async, [&] { return api.ask("version=0&wait=300"); });
  wait_until([&] { return api.configuration.waiting() == 1; });
  const WantedLayer wanted{.scope = {Scope::Kind::defaults}, .settings = SettingValues{{"send_interval_sec", "20"}}};
  REQUIRE(transact(*api.store.database, [&] {
            return edit(*api.store.database, wanted, {.at = api.clock.now(), .by = "there"});
          }).has_value());
  CHECK(waiting.get().status == 200);
}

TEST_CASE("a machine waits once, only so many wait, and who has gone waits no more") {
  std::vector<std::string> answers;  // the feed answers who still waits when it ends
  Configurer api;
  api.settle();
  const auto wait = [&](const std::string& machine) {
    return api.configuration.wait(machine, {.until = std::chrono::steady_clock::now() + std::chrono::hours(1),
                                            .answer = [&answers, machine](const SentSettings* news) {
                                              answers.push_back(machine + (news ? " news" : " nothing"));
                                            }});
  };
  api.configuration.set_most_waiting(2);
  const auto first = wait("vm-1"), second = wait("vm-1"), other = wait("vm-2");
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  REQUIRE(other.has_value());
  CHECK(answers == std::vector<std::string>{"vm-1 nothing"});
  CHECK_FALSE(wait("vm-3").has_value());
  CHECK(wait("vm-2").has_value());  // in place of its own
  api.configuration.give_up("vm-1", *first);
  CHECK(api.configuration.waiting() == 2);
  api.configuration.give_up("vm-1", *second);
  api.configuration.give_up("vm-1", *second);
  CHECK(api.configuration.waiting() == 1);
  CHECK(answers == std::vector<std::string>{"vm-1 nothing", "vm-2 nothing", "vm-1 nothing"});
}

TEST_CASE("the version that is wanted of a machine is known without its values") {
  Layers layers;
  CHECK(layers.wanted_version("vm-1") == 0);
  layers.take(1, {Scope::Kind::defaults}, Layer{});
  layers.take(2, {Scope::Kind::group, "a"}, Layer{});
  layers.take(3, {Scope::Kind::order}, Layer{});
  CHECK(layers.wanted_version("vm-1") == 1);
  layers.take(4, {Scope::Kind::machine, "vm-1"}, Layer{.groups = {"a", "none"}});
  layers.take(5, {Scope::Kind::order}, Layer{});
  CHECK(layers.wanted_version("vm-1") == 4);
  layers.take(6, {Scope::Kind::group, "b"}, Layer{});
  layers.take(7, {Scope::Kind::machine, "vm-1"}, Layer{.groups = {"a", "b"}});
  layers.take(8, {Scope::Kind::order}, Layer{});
  CHECK(layers.wanted_version("vm-1") == 8);  // it is in two, so that their order matters
  CHECK(layers.wanted("vm-1").version == 8);
  CHECK(layers.wanted_version("vm-2") == 1);
}

TEST_CASE("an agent that has settings of another server's gives them up where nothing is wanted") {
  Configurer api;
  api.settle();
  CHECK(api.ask("version=5").body == R"({"version":0,"settings":{}})");
}

TEST_CASE("the answer to events names the version that is wanted of the machine they are of") {
  Configurer api;
  const auto wanted = [&](std::string_view batch) {
    const auto answer = json_of(api.post(batch));
    const auto* version = answer.as_object().if_contains("configuration_version");
    return version ? version->as_int64() : -1;
  };
  const std::string one = R"({"events":[)" + event_json("2024-01-15T10:00:00Z") + "]}";
  CHECK(wanted(one) == 0);
  api.put("machines/vm-1/configuration", R"({"settings":{"send_interval_sec":20}})");
  CHECK(wanted(one) == 1);
  CHECK(wanted(R"({"events":[]})") == -1);
  CHECK(wanted(R"({"events":[{"machine_id":"a","timestamp":"2024-01-15T10:00:00Z"},)"
               R"({"machine_id":"b","timestamp":"2024-01-15T10:00:00Z"}]})") == -1);
  CHECK(wanted(R"({"agent":{"version":"1","collect_interval_sec":1,"send_interval_sec":1,"capture":"working",)"
               R"("machine_id":"vm-1"},"events":[]})") == 1);
}

TEST_CASE("what an agent says with its events is known, unless it is older than what it said before") {
  Configurer api;
  api.put("configuration/defaults", R"({"settings":{"screenshots.blur":false,"screenshots.blur_sigma":10}})");
  const auto say = [&](const std::string& more) {
    return api.post(R"({"agent":{"version":"1","collect_interval_sec":1,"send_interval_sec":1,"capture":"working",)"
                    R"("machine_id":"vm-1",)" +
                    more + R"(},"events":[]})");
  };
  say(R"("may_loosen":true,"configuration_version":1,"configuration_change":5)");
  CHECK(api.machine("state") == R"("applied")");
  CHECK(api.machine("left_out") == "[]");
  CHECK(api.ask("version=1&change=7&may_loosen=false&bounds=%7B%22screenshots.blur_sigma%22%3A20%7D").status == 304);
  CHECK(api.machine("left_out") == R"(["screenshots.blur","screenshots.blur_sigma"])");
  say(R"("may_loosen":true,"configuration_version":0,"configuration_change":6)");
  CHECK(api.machine("state") == R"("applied")");
  say(R"("may_loosen":false,"configuration_version":0,"configuration_state":"refused","configuration_change":8,)"
      R"("configuration_error_version":1,"configuration_error_key":"screenshots.blur","configuration_error":"no")");
  CHECK(api.machine("state") == R"("refused")");
  CHECK(api.machine("error") == R"({"key":"screenshots.blur","reason":"no"})");
  CHECK(api.machine("left_out") == R"(["screenshots.blur","screenshots.blur_sigma"])");  // its own bounds stay known
  CHECK(api.ask("version=1&change=2").status == 304);                                    // its clock was set back
  CHECK(api.machine("state") == R"("applied")");
}

TEST_CASE("what was said later is kept, also when another server of the database hears what is older") {
  Configurer api;
  MachineStates other(*api.store.database, api.log);
  const auto written = [&](std::int64_t version) {
    return wait_until([&] {
      const auto states = read_machine_states(*api.store.database).value();
      return states.contains("vm-1") && states.at("vm-1").applied_version == version;
    });
  };
  api.machine_states.note("vm-1", {.applied_version = 2, .change = 5});
  REQUIRE(written(2));
  other.note_with_events("vm-1", {.version = 1, .change = 4}, api.clock.now());
  other.note_with_events("vm-2", {.version = 9, .change = 4}, api.clock.now());
  CHECK(other.find("vm-1").value()->applied_version == 2);
  other.stop();  // which writes
  CHECK(read_machine_states(*api.store.database)->at("vm-1").applied_version == 2);
  CHECK(read_machine_states(*api.store.database)->at("vm-2").applied_version == 9);
  api.machine_states.note_with_events("vm-1", {.version = 3, .change = 6}, api.clock.now());
  CHECK(written(3));
}
