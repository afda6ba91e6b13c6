// GET /api/fleet and GET /api/fleet/{id}: the machines that somebody may see, with their day.
#include <doctest/doctest.h>

#include "api.hpp"
#include "server/accounts/users.hpp"
#include "server/configuration/editing.hpp"

#include <boost/json/serialize.hpp>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

struct Fleet : Api {
  /// A minute of a machine: 30 s active, 10 s of it at most observed otherwise.
  void send(const std::string& machine, const std::string& timestamp, const std::string& more = "") {
    const std::string event = R"({"machine_id":")" + machine + R"(","timestamp":")" + timestamp +
                              R"(","active_sec":30,"is_idle":false)" + (more.empty() ? "" : "," + more) + "}";
    REQUIRE(post(R"({"events":[)" + event + "]}").status == 200);
  }

  boost::json::value fleet(const std::string& query = "") {
    const Response answer = get("/api/fleet" + query);
    REQUIRE(answer.status == 200);
    return json_of(answer);
  }

  boost::json::value row(const std::string& machine, const std::string& query = "") {
    const Response answer = get("/api/fleet/" + machine + query);
    REQUIRE(answer.status == 200);
    return json_of(answer);
  }
};

std::string text(const boost::json::value& value) { return boost::json::serialize(value); }

std::vector<std::int64_t> numbers(const boost::json::value& list) {
  std::vector<std::int64_t> all;
  for (const auto& number : list.as_array()) all.push_back(number.as_int64());
  return all;
}

}  // namespace

TEST_CASE_FIXTURE(Fleet, "a row has each hour of the day on the clock that is asked for") {
  send("m", "2024-01-15T10:30:00Z");
  send("m", "2024-01-15T10:31:00Z", R"("timezone":"Europe/Berlin","utc_offset_min":60)");
  send("m", "2024-01-14T23:30:00Z");
  const auto utc = row("m");
  CHECK(utc.at("hours").at("active").as_array().size() == 24);
  CHECK(numbers(utc.at("hours").at("active"))[10] == 1);
  CHECK(numbers(utc.at("hours").at("idle"))[10] == 1);
  CHECK(utc.at("active_sec") == 60);
  CHECK(utc.at("idle_sec") == 60);
  CHECK(utc.at("utc_offset_min") == 60);
  const auto berlin = row("m", "?tz=Europe/Berlin");
  CHECK(numbers(berlin.at("hours").at("active"))[11] == 1);
  CHECK(berlin.at("active_sec") == 90);
  CHECK(row("m", "?date=2024-03-31&tz=Europe/Berlin").at("hours").at("idle").as_array().size() == 23);
  CHECK(row("m", "?date=2024-10-27&tz=Europe/Berlin").at("hours").at("idle").as_array().size() == 25);
  CHECK(get("/api/fleet/m?tz=Nowhere/At_all").status == 400);
  CHECK(get("/api/fleet?date=today").status == 400);
  CHECK(get("/api/fleet/nobody").status == 404);
}

TEST_CASE_FIXTURE(Fleet, "an hour that two hours of the other clock share is divided by time") {
  for (int minute = 0; minute < 60; ++minute)
    send("m", "2024-01-15T08:" + std::string(minute < 10 ? "0" : "") + std::to_string(minute) + ":00Z");
  const auto active = numbers(row("m", "?tz=Asia/Kolkata").at("hours").at("active"));
  CHECK(active[13] == 15);
  CHECK(active[14] == 15);
  CHECK(row("m", "?tz=Asia/Kolkata").at("active_sec") == 1800);
}

TEST_CASE_FIXTURE(Fleet, "scripted time is neither active nor idle") {
  REQUIRE(post(R"([{"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","is_idle":true,"active_sec":0,)"
               R"("input_verdict":"scripted"}])")
              .status == 200);
  const auto scripted = row("m");
  CHECK(scripted.at("state") == "scripted");
  CHECK(scripted.at("scripted_sec") == 60);
  CHECK(scripted.at("idle_sec") == 0);
  CHECK(scripted.at("active_sec") == 0);
}

TEST_CASE_FIXTURE(Fleet, "what is usual is the median of the same weekday of four weeks") {
  send("m", "2024-01-15T10:30:00Z");
  send("m", "2024-01-08T10:30:00Z");
  CHECK(row("m").at("usual_active_sec").is_null());
  for (const char* time : {"2024-01-01T10:30:00Z", "2024-01-01T10:31:00Z", "2023-12-25T10:30:00Z",
                           "2023-12-25T10:31:00Z", "2023-12-25T10:32:00Z", "2024-01-14T10:30:00Z"})
    send("m", time);
  CHECK(row("m").at("usual_active_sec").is_null());  // kept for an hour
  clock.pass(1h);
  CHECK(row("m").at("usual_active_sec") == 60);
  CHECK(row("m", "?tz=Pacific/Auckland&date=2024-01-15").at("usual_active_sec") == 60);
}

TEST_CASE_FIXTURE(Fleet, "causes of attention name their machines, and what is well has none") {
  send("well", "2024-01-15T11:59:00Z");
  CHECK(fleet().at("attention").as_array().empty());
  send("ahead", "2024-01-15T12:30:00Z");
  REQUIRE(post(R"([{"machine_id":"wrong","timestamp":"2024-01-15T11:59:00Z","key_count":-1}])").status == 200);
  REQUIRE(post(R"({"events":[],"agent":{"version":"1","collect_interval_sec":60,"send_interval_sec":300,)"
               R"("capture":"failing","machine_id":"blind","state":"blind","since":"2024-01-15T11:00:00Z"}})")
              .status == 200);
  machine_states.note(
      "well",
      {.asked_at = clock.now(), .state = MachineConfigurationState::State::refused, .error_key = "idle_after_sec"});
  const auto found = fleet().at("attention");
  REQUIRE(found.as_array().size() == 4);
  const auto check = [&](std::size_t i, const std::string& cause, const std::string& machine) {
    CHECK(found.at(i).at("cause").as_string() == cause);
    CHECK(text(found.at(i).at("machines")) == "[\"" + machine + "\"]");
    CHECK(found.at(i).at("count") == 1);
  };
  check(0, "capture_failing", "blind");
  check(1, "configuration_refused", "well");
  check(2, "clock_off", "ahead");
  check(3, "rejected_events", "wrong");
  CHECK(found.at(0).at("since") == "2024-01-15T11:00:00Z");
  CHECK(text(found.at(1).at("detail")).find("idle_after_sec") != std::string::npos);
  CHECK(row("well").at("configuration").at("error_key") == "idle_after_sec");

  clock.pass(1h);
  const auto later = fleet();
  CHECK(later.at("counts").at("offline") == 4);
  CHECK(later.at("attention").at(1).at("cause") == "offline");
  CHECK(later.at("attention").at(1).at("since") == "2024-01-15T12:00:00Z");
}

TEST_CASE_FIXTURE(Fleet, "who sees some machines sees them alone, with the person and the groups of each") {
  for (const char* machine : {"a", "b", "c"}) send(machine, "2024-01-15T11:59:00Z");
  const auto added = transact(*store.database, [&] {
    return add_user(*store.database, {.name = "ann", .role = Role::self, .machines = {"b"}}, "", clock.now());
  });
  REQUIRE(added.has_value());
  const WantedLayer grouped{.scope = {Scope::Kind::machine, "b"}, .groups = std::vector<std::string>{"office"}};
  const WantedLayer group{.scope = {Scope::Kind::group, "office"}, .settings = SettingValues{{"idle_after_sec", "5"}}};
  for (const WantedLayer& wanted : {group, grouped})
    REQUIRE(transact(*store.database, [&] { return edit(*store.database, wanted, {.at = clock.now()}); }).has_value());
  configuration.look();
  Request request{.method = "GET", .identity = Principal{.kind = Principal::Kind::person, .machines = {"b", "c"}}};
  request.target = parse_target("/api/fleet?limit=1").value();
  const auto page = json_of(get_fleet(request, services).value());
  REQUIRE(page.at("machines").as_array().size() == 1);
  const auto& first = page.at("machines").at(0);
  CHECK(first.at("machine_id") == "b");
  CHECK(first.at("person") == "ann");
  CHECK(page.at("counts").at("active") == 1);
  request.target = parse_target("/api/fleet?cursor=" + std::string(page.at("next_cursor").as_string())).value();
  const auto next = json_of(get_fleet(request, services).value());
  CHECK(next.at("machines").at(0).at("machine_id") == "c");
  CHECK(next.at("machines").at(0).at("person").is_null());
  CHECK(next.at("next_cursor").is_null());
  while (configuration.layers() == nullptr || configuration.layers()->version() < 2) std::this_thread::yield();
  CHECK(text(row("b").at("groups")) == R"(["office"])");
  CHECK(row("b").at("configuration").at("state") == "pending");
  CHECK(row("b").at("configuration").at("version") == 2);
}
