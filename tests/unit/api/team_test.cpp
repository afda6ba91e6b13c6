// GET /api/team and GET /api/search.
#include <doctest/doctest.h>

#include "api.hpp"
#include "server/accounts/users.hpp"

#include <boost/json/serialize.hpp>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

struct Team : Api {
  void send(const std::string& machine, const std::string& timestamp, const std::string& more = "") {
    const std::string event = R"({"machine_id":")" + machine + R"(","timestamp":")" + timestamp +
                              R"(","active_sec":30,"is_idle":false)" + (more.empty() ? "" : "," + more) + "}";
    REQUIRE(post("[" + event + "]").status == 200);
  }

  Response ask_as(const Principal& who, ServiceFunction* handler, std::string_view target) {
    Request request{.method = "GET", .identity = who};
    request.target = parse_target(target).value();
    return handler(request, services).value();
  }
};

std::string as_text(const boost::json::value& value) { return boost::json::serialize(value); }

}  // namespace

TEST_CASE_FIXTURE(Team, "each machine's days are on its own clock, or all on one") {
  send("a", "2024-01-14T23:30:00Z", R"("utc_offset_min":60)");
  send("a", "2024-01-15T10:00:00Z");
  send("b", "2024-01-14T23:30:00Z");
  const auto own = json_of(get("/api/team?from=2024-01-14&to=2024-01-15"));
  CHECK(own.at("timezone").is_null());
  CHECK(as_text(own.at("dates")) == R"(["2024-01-14","2024-01-15"])");
  CHECK(as_text(own.at("machines").at(0).at("active_sec")) == "[0,60]");
  CHECK(as_text(own.at("machines").at(0).at("observed_sec")) == "[0,120]");
  CHECK(own.at("machines").at(0).at("mean_active_sec") == 60);
  CHECK(as_text(own.at("machines").at(1).at("active_sec")) == "[30,0]");
  CHECK(as_text(own.at("totals").at("active_sec")) == "[30,60]");
  const auto utc = json_of(get("/api/team?from=2024-01-14&to=2024-01-15&tz=UTC"));
  CHECK(as_text(utc.at("machines").at(0).at("active_sec")) == "[30,30]");
  CHECK(as_text(json_of(get("/api/team")).at("dates")) == R"(["2024-01-15"])");
  for (const char* wrong : {"?tz=No", "?from=2024-01-01", "?from=2020-01-01&to=2024-01-01", "?format=pdf", "?csv=no"})
    CHECK(get("/api/team" + std::string(wrong)).status == 400);
}

TEST_CASE_FIXTURE(Team, "a spreadsheet gets a line a machine and day, and no formula") {
  send("a", "2024-01-15T10:00:00Z");
  REQUIRE(patch("/api/machines/a", R"({"user_label":"=1+1"})").status == 200);
  const Response answer = get("/api/team?from=2024-01-14&to=2024-01-15&format=csv");
  CHECK(answer.content_type.starts_with("text/csv"));
  CHECK(header(answer, "Content-Disposition")->find("team-2024-01-14-2024-01-15.csv") != std::string::npos);
  CHECK(answer.body ==
        "machine_id,user_label,person,groups,date,active_sec,scripted_sec,observed_sec\r\n"
        "a,'=1+1,,,2024-01-14,0,0,0\r\n"
        "a,'=1+1,,,2024-01-15,30,0,60\r\n");
  CHECK(get("/api/team?group=office&format=csv").body.find("\r\na") == std::string::npos);
}

TEST_CASE_FIXTURE(Team, "search finds by a part of a name, what begins so first, and only what somebody may see") {
  for (const char* machine : {"left-desk", "desk-1", "laptop"}) send(machine, "2024-01-15T10:00:00Z");
  REQUIRE(patch("/api/machines/laptop", R"({"user_label":"ÄNNE'S desk"})").status == 200);
  REQUIRE(transact(*store.database, [&] {
            return add_user(*store.database, {.name = "desk.clerk", .role = Role::viewer}, "", clock.now());
          }).has_value());
  const auto found = json_of(get("/api/search?q=DESK"));
  REQUIRE(found.at("machines").as_array().size() == 3);
  CHECK(found.at("machines").at(0).at("machine_id") == "desk-1");
  CHECK(as_text(found.at("people")) == R"([{"name":"desk.clerk","role":"viewer"}])");
  CHECK(json_of(get("/api/search?q=%C3%A4nne")).at("machines").at(0).at("machine_id") == "laptop");
  CHECK(json_of(get("/api/search?q=desk&limit=1")).at("machines").as_array().size() == 1);
  const Principal ann{.kind = Principal::Kind::person, .role = Role::viewer, .machines = {"laptop"}};
  const auto seen = json_of(ask_as(ann, get_search, "/api/search?q=desk"));
  CHECK(seen.at("machines").as_array().size() == 1);
  CHECK(seen.at("people").as_array().empty());
  CHECK(get("/api/search").status == 400);
  CHECK(get("/api/search?q=" + std::string(129, 'a')).status == 400);
}
