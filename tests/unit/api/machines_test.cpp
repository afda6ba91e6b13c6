#include <doctest/doctest.h>

#include "api.hpp"
#include "server/events/store.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

struct Machines : Api {
  /// An event of `machine` that comes with what its agent says of itself.
  void send(const std::string& machine, const std::string& capture, bool is_idle) {
    const std::string event = R"({"machine_id":")" + machine + R"(","timestamp":"2024-01-15T10:00:00Z","is_idle":)" +
                              (is_idle ? "true" : "false") + "}";
    const std::string agent =
        R"({"version":"1.2","collect_interval_sec":60,"send_interval_sec":300,"capture":")" + capture + "\"}";
    const std::string body =
        capture.empty() ? R"({"events":[)" + event + "]}" : R"({"agent":)" + agent + R"(,"events":[)" + event + "]}";
    REQUIRE(post(body).status == 200);
  }

  std::string state(const std::string& machine) {
    return std::string(json_of(get("/api/machines/" + machine)).at("state").as_string());
  }

  /// The ids that a person sees, page by page.
  std::vector<std::string> seen_by(const Principal& person, int limit) {
    std::vector<std::string> ids;
    std::string cursor;
    do {
      Request request{.method = "GET", .identity = person};
      request.target = parse_target("/api/machines?limit=" + std::to_string(limit) + cursor).value();
      const auto page = json_of(list_machines(request, services).value());
      CHECK(page.at("machines").as_array().size() <= static_cast<std::size_t>(limit));
      for (const auto& machine : page.at("machines").as_array()) ids.emplace_back(machine.at("machine_id").as_string());
      const auto& next = page.at("next_cursor");
      cursor = next.is_null() ? "" : "&cursor=" + std::string(next.as_string());
    } while (!cursor.empty());
    return ids;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Machines, "a machine's state is what its agent and its events say, until it is silent") {
  send("busy", "working", false);
  send("resting", "working", true);
  send("blind", "failing", true);
  send("paused", "paused", false);
  send("old", "", false);
  CHECK(state("busy") == "active");
  CHECK(state("resting") == "idle");
  CHECK(state("blind") == "capture_failing");
  CHECK(state("paused") == "paused");
  CHECK(state("old") == "active");
  clock.pass(900s);
  CHECK(state("busy") == "active");
  clock.pass(1s);
  for (const char* machine : {"busy", "resting", "blind", "old"}) CHECK(state(machine) == "offline");
  CHECK(state("paused") == "paused");
  const auto machine = json_of(get("/api/machines/blind"));
  CHECK(machine.at("agent").at("version").as_string() == "1.2");
  CHECK(machine.at("agent").at("send_interval_sec").as_int64() == 300);
  CHECK(json_of(get("/api/machines/old")).at("agent").is_null());
}

TEST_CASE_FIXTURE(Machines, "an agent's last word is its machine's state until the next") {
  const auto say = [&](const std::string& state) {
    const std::string word = state.empty() ? "" : R"(,"state":")" + state + R"(","since":"2024-01-15T11:00:00Z")";
    return post(R"({"events":[],"agent":{"version":"1.2","collect_interval_sec":60,"send_interval_sec":300,)"
                R"("capture":"working","machine_id":"m")" +
                word + "}}")
        .status;
  };
  send("m", "working", false);
  for (const char* word : {"paused", "asleep", "stopped"}) {
    CHECK(say(word) == 200);
    clock.pass(24h);
    CHECK(state("m") == word);
  }
  CHECK(json_of(get("/api/machines/m")).at("agent").at("since").as_string() == "2024-01-15T11:00:00Z");
  CHECK(say("blind") == 200);
  CHECK(state("m") == "capture_failing");
  CHECK(say("") == 200);
  CHECK(state("m") == "active");
  clock.pass(901s);
  CHECK(state("m") == "offline");
}

TEST_CASE_FIXTURE(Machines, "a gap that is not over lasts until now, and is in the timeline by its name") {
  send("m", "working", false);  // one minute from 10:00
  const auto gaps = [&] {
    return boost::json::serialize(json_of(get("/api/activity/m/timeline?date=2024-01-15")).at("gaps"));
  };
  CHECK(gaps() == "[]");
  REQUIRE(post(R"({"events":[],"agent":{"version":"1.2","collect_interval_sec":60,"send_interval_sec":300,)"
               R"("capture":"working","machine_id":"m","state":"asleep","since":"2024-01-15T10:01:00Z"}})")
              .status == 200);
  const std::string now = format_timestamp(clock.now());
  CHECK(gaps() == R"([{"from":"2024-01-15T10:01:00Z","to":")" + now + R"(","name":"asleep"}])");
}

TEST_CASE("a machine that collects seldom is given time") {
  Machine machine;
  machine.last_seen = at("2024-01-15T10:00:00Z");
  machine.agent = AgentState{"1", 3600, 300, AgentState::Capture::working};
  CHECK(liveness(machine, machine.last_seen + 3h) == Liveness::active);
  CHECK(liveness(machine, machine.last_seen + 3h + 1s) == Liveness::offline);
  machine.agent->collect_interval_sec = 1, machine.agent->send_interval_sec = 1;
  CHECK(liveness(machine, machine.last_seen + 4s) == Liveness::offline);
}

TEST_CASE_FIXTURE(Machines, "people see their machines alone, in pages of any size") {
  const std::vector<std::string> all{"a", "b/ü", "c", "d", "e"};
  for (const auto& id : all) send(id, "working", false);
  Principal person{
      .kind = Principal::Kind::person, .name = "ann", .role = Role::viewer, .machines = {"b/ü", "d", "gone"}};
  for (int limit = 1; limit <= 6; ++limit) {
    CHECK(seen_by(Principal::anyone(), limit) == all);
    CHECK(seen_by(person, limit) == std::vector<std::string>{"b/ü", "d"});
  }
  person.machines = {};
  CHECK(seen_by(person, 10).empty());
}

TEST_CASE_FIXTURE(Machines, "a wrong page is refused with its parameter's name") {
  for (const auto& [query, name] : {std::pair("limit=0", "limit:"),
                                    {"limit=1001", "limit:"},
                                    {"cursor=", "cursor:"},
                                    {"cursor=n", "cursor:"},
                                    {"cursor=t12", "cursor:"},
                                    {"cursor=n*", "cursor:"},
                                    {"cursor=nYQA", "cursor:"},  // a and NUL
                                    {"cursor=n_w", "cursor:"}}) {
    CAPTURE(query);
    const auto response = get("/api/machines?" + std::string(query));
    CHECK(response.status == 400);
    CHECK(json_of(response).at("detail").as_string().starts_with(name));
  }
}

TEST_CASE_FIXTURE(Machines, "machines that were taken with ids of an older rule can still be asked for") {
  for (const auto& [id, path] : {std::pair<std::string, std::string>{"vm\n1", "vm%0A1"},
                                 {"..", "%2e%2e"},
                                 {" vm", "%20vm"},
                                 {"cafe\u0301", "cafe%CC%81"},
                                 {"%2e", "%252e"}}) {
    const Event event{.machine_id = id, .timestamp = clock.now()};
    const Batch batch{.events = std::span(&event, 1), .agent = {}};
    REQUIRE(store.writer->append(std::span(&batch, 1), clock.now()).has_value());
    CHECK(json_of(get("/api/machines/" + path)).at("machine_id").as_string() == id);
    CHECK(json_of(get("/api/activity/" + path + "/events")).at("events").as_array().size() == 1);
    CHECK(get("/api/activity/" + path + "/summary?date=2024-01-15").status == 200);
    CHECK(get("/api/activity/" + path + "/export").status == 200);
  }
}
