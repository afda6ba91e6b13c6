// What happens to a client whose events are all refused, and to one that sends too many.
#include <doctest/doctest.h>

#include "accounts_fixture.hpp"

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

std::string naive(const std::string& machine) {
  return R"({"machine_id":")" + machine + R"(","timestamp":"2024-01-15T10:00:00.123456"})";
}

std::string batch_of(const std::string& event) { return R"({"events":[)" + event + "]}"; }

}  // namespace

TEST_CASE_FIXTURE(Api, "a machine whose events are all refused is shown with why, and logged once a day") {
  for (int i = 0; i < 3; ++i) CHECK(post(batch_of(naive("seed") + ",7," + naive("seed"))).status == 200);
  const auto machine = json_of(get("/api/machines/seed"));
  CHECK(machine.at("rejected_events").as_int64() == 6);
  const auto& latest = machine.at("latest_rejection").as_object();
  CHECK(latest.at("field").as_string() == "timestamp");
  CHECK(latest.at("at").as_string() == "2024-01-15T12:00:00Z");
  CHECK(std::string(latest.at("error").as_string()).find("datetime.now(timezone.utc)") != std::string::npos);
  CHECK(json_of(get("/api/machines")).at("machines").as_array().size() == 1);
  CHECK(log.count("events refused; today no more is said of this machine") == 1);
  clock.pass(24h);
  CHECK(post(batch_of(naive("seed"))).status == 200);
  CHECK(log.count("events refused; today no more is said of this machine") == 2);
  CHECK(get("/metrics").body.find(R"(activitytrack_events_rejected_total{field="timestamp"} 7)") != std::string::npos);
}

TEST_CASE_FIXTURE(Api, "the log names a thousand machines a day, and no event without a good id makes a machine") {
  for (int i = 0; i < 1100; ++i) REQUIRE(post(batch_of(naive("m" + std::to_string(i)))).status == 200);
  CHECK(log.count("events refused; today no more is said of this machine") == 1000);
  REQUIRE(post(batch_of(naive("a\\nb") + R"(,{"timestamp":"x"},{},null)")).status == 200);
  CHECK(store.reader->machines("m999", 10).value().empty());
  CHECK(store.reader->machines("", 2000).value().size() == 1100);
}

TEST_CASE_FIXTURE(AccountsApi, "with accounts, refused events are of the machine whose credential they came with") {
  const auto answer = ask_as(machine, "POST", "/api/events", batch_of(naive("somebody-else") + ",7"));
  CHECK(answer.status == 200);
  const auto shown = json_of(ask_as(tokens["viewer"], "GET", "/api/machines/vm-1"));
  CHECK(shown.at("rejected_events").as_int64() == 2);
  CHECK_FALSE(store.reader->machine("somebody-else").value().has_value());
}

TEST_CASE_FIXTURE(AccountsApi, "who names a credential may call JSON what they like, and leave a body out") {
  const std::string body = batch_of(event_json("2024-01-15T10:30:00Z"));
  for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8"}) {
    const auto answer = ask(
        {.method = "POST", .content_type = type, .authorization = "Bearer " + machine, .body = body}, "/api/events");
    CHECK(answer.status == 200);
  }
  CHECK(ask({.method = "POST", .authorization = "Bearer " + machine}, "/api/credentials/rotate").status == 200);
  CHECK(ask({.method = "POST", .authorization = "Bearer " + machine}, "/api/events").status == 411);
}

TEST_CASE_FIXTURE(Api, "a page of another site cannot send a form as JSON where no credential is needed") {
  const std::string body = batch_of(event_json("2024-01-15T10:30:00Z"));
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"}) {
    const auto refused = call({.method = "POST", .content_type = type, .body = body}, "/api/events");
    CHECK(refused.status == 415);
    CHECK(refused.body.find("curl: -H 'Content-Type: application/json'") != std::string::npos);
  }
  CHECK(call({.method = "POST", .content_type = "application/vnd.x+json", .body = body}, "/api/events").status == 200);
}

TEST_CASE_FIXTURE(Api, "what was adjusted is told and counted") {
  const auto answer = post(batch_of(event_json("2024-01-15T10:30:00Z", R"("mouse_distance_px":1.5)")));
  CHECK(json_of(answer).at("adjusted").as_array().size() == 1);
  CHECK(get("/metrics").body.find(R"(activitytrack_events_adjusted_total{field="mouse_distance_px"} 1)") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(Api, "a machine that has sent as many events as it may in a day comes back the next") {
  Ingest limited(*store.writer, *gate, clock, log, 100'000, 3);
  Services with_limit{*store.reader, *store.writer, *store.database, limited,        clock,     log, passwords, stats,
                      readiness,     screenshots,   configuration,   machine_states, usual_days};
  const auto routes_with_limit = server::routes(with_limit);
  const auto send = [&](const std::string& events) {
    const std::string body = batch_of(events);
    Request request{
        .method = "POST", .content_type = "application/json", .body = body, .identity = Principal::anyone()};
    request.target = parse_target("/api/events").value();
    return run(*std::get<const Route*>(find_route(routes_with_limit, request)), request);
  };
  const std::string two = event_json("2024-01-15T10:30:00Z") + "," + event_json("2024-01-15T10:31:00Z");
  CHECK(send(two).status == 200);
  CHECK(send(two).status == 200);  // known ones count, too
  const auto refused = send(event_json("2024-01-15T10:32:00Z"));
  CHECK(refused.status == 429);
  CHECK(*header(refused, "Retry-After") == "43200");
  REQUIRE(header(refused, "RateLimit"));
  CHECK(json_of(get("/api/machines/vm-1")).at("events_today").as_int64() == 4);
  CHECK(limited.stats().over_quota == 1);
  CHECK(send(R"({"machine_id":"vm-2","timestamp":"2024-01-15T10:30:00Z"})").status == 200);
  clock.pass(12h);
  CHECK(send(event_json("2024-01-15T10:32:00Z")).status == 200);
  CHECK(json_of(get("/api/machines/vm-1")).at("events_today").as_int64() == 1);
}
