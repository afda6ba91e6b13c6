// What a person answers to verdicts about their input, and where that is shown.
#include "accounts_fixture.hpp"

#include <doctest/doctest.h>
#include <boost/json/serialize.hpp>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

const std::string answer_path = "/api/activity/vm-1/events/2024-01-15T10:33:00Z/answer";

struct Answers : AccountsApi {
  Answers() {
    const auto scripted = [](std::string_view time, std::string_view verdict) {
      return event_json(time, R"("is_idle":true,"scripted_count":9,"scripted_reasons":["synthetic_device"],)"
                              R"("input_verdict":")" +
                                  std::string(verdict) + '"');
    };
    const std::string events = scripted("2024-01-15T10:33:00Z", "scripted") + "," +
                               scripted("2024-01-15T10:34:00Z", "mixed") + "," +
                               scripted("2024-01-13T23:59:30Z", "scripted") + "," + event_json("2024-01-15T11:00:00Z");
    REQUIRE(ask_as(machine, "POST", "/api/events", R"({"events":[)" + events + "]}").status == 200);
  }

  Response answer(const std::string& text, const std::string& by = "self") {
    clock.pass(1s);
    return ask_as(tokens[by], "POST", answer_path, R"({"text":")" + text + R"("})");
  }

  boost::json::value ask_json(const std::string& target, const std::string& by = "viewer") {
    const Response got = ask_as(tokens[by], "GET", target);
    REQUIRE_MESSAGE(got.status == 200, got.body);
    return json_of(got);
  }
};

const std::string given = R"({"text":"a macro","at":"2024-01-15T12:00:01Z","by":"self"})";

}  // namespace

TEST_CASE_FIXTURE(Answers, "a person's answer stands beside the verdict for all who see it") {
  CHECK(answer("a macro").body == R"({"answer":)" + given + "}");
  const auto minutes = ask_json("/api/activity/vm-1/minutes?date=2024-01-15&tz=UTC");
  CHECK(boost::json::serialize(minutes.at("scripted").at(0).at("answer")) == given);
  const auto all = ask_json("/api/activity/vm-1/verdicts?from=2024-01-01&to=2024-01-15&tz=UTC").at("verdicts");
  REQUIRE(all.as_array().size() == 2);
  CHECK(all.at(0).at("date") == "2024-01-15");
  CHECK(all.at(0).at("from") == "2024-01-15T10:33:00Z");
  CHECK(all.at(0).at("to") == "2024-01-15T10:35:00Z");
  CHECK(all.at(0).at("scripted_count") == 18);
  CHECK(boost::json::serialize(all.at(0).at("answer")) == given);
  CHECK(all.at(1).at("date") == "2024-01-13");
  CHECK(all.at(1).at("answer").is_null());
}

TEST_CASE_FIXTURE(Answers, "an answer is changed and taken back, and what it said is kept") {
  REQUIRE(answer("a macro").status == 200);
  REQUIRE(answer("a test\\nof mine").status == 200);
  CHECK(answer("").body == R"({"answer":null})");
  CHECK(ask_json("/api/activity/vm-1/minutes?date=2024-01-15&tz=UTC").at("scripted").at(0).at("answer").is_null());
  const auto history = ask_json("/api/activity/vm-1/events/2024-01-15T10:33:00Z/answers").at("answers");
  REQUIRE(history.as_array().size() == 3);
  CHECK(history.at(0).at("text") == "");
  CHECK(history.at(1).at("text") == "a test\nof mine");
  CHECK(boost::json::serialize(history.at(2)) == given);
}

TEST_CASE_FIXTURE(Answers, "an answer to any event of a stretch is the stretch's, and stands there") {
  const std::string second = "/api/activity/vm-1/events/2024-01-15T10:34:00Z/answer";
  REQUIRE(ask_as(tokens["self"], "POST", second, R"({"text":"mine"})").status == 200);
  const auto stretch = ask_json("/api/activity/vm-1/minutes?date=2024-01-15&tz=UTC").at("scripted").at(0);
  CHECK(stretch.at("answer").at("text") == "mine");
  CHECK(stretch.at("timestamp") == "2024-01-15T10:34:00Z");
}

TEST_CASE_FIXTURE(Answers, "only the machine's own person answers, to a verdict that there is, and briefly") {
  for (const std::string by : {"viewer", "manager", "admin"}) {
    CAPTURE(by);
    CHECK(answer("not mine", by).status == 403);
  }
  const std::string of_another = "/api/activity/vm-2/events/2024-01-15T10:33:00Z/answer";
  CHECK(ask_as(tokens["self"], "POST", of_another, R"({"text":"x"})").status == 403);
  const auto status = [&](const std::string& time, const std::string& body) {
    return ask_as(tokens["self"], "POST", "/api/activity/vm-1/events/" + time + "/answer", body).status;
  };
  CHECK(status("2024-01-15T10:32:00Z", R"({"text":"x"})") == 404);
  CHECK(status("2024-01-15T11:00:00Z", R"({"text":"x"})") == 404);
  CHECK(status("yesterday", R"({"text":"x"})") == 400);
  CHECK(status("2024-01-15T10:33:00Z", "{}") == 400);
  CHECK(status("2024-01-15T10:33:00Z", R"({"text":"\u0007"})") == 400);
  std::string longest;
  for (int i = 0; i < 500; ++i) longest += "ä";
  CHECK(answer(longest).status == 200);
  CHECK(answer(longest + "x").status == 400);
}

TEST_CASE_FIXTURE(Answers, "the audit log says that an answer was given, and not what it says") {
  REQUIRE(answer("a secret of mine").status == 200);
  const auto entries = read_audit(db, {.machine_id = "vm-1", .name = "self"}).value();
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].action == "POST /api/activity/{id}/events/{timestamp}/answer");
  CHECK(entries[0].details == R"({"event":"2024-01-15T10:33:00Z","withdrawn":false})");
}

TEST_CASE_FIXTURE(Answers, "verdicts are asked for by at most 92 days") {
  for (const std::string query : {"", "?date=2024-01-15", "?from=2024-01-01", "?from=2024-01-01&to=2024-04-02",
                                  "?from=2024-01-01&to=2024-01-02&tz=Nowhere"}) {
    CAPTURE(query);
    CHECK(ask_as(tokens["viewer"], "GET", "/api/activity/vm-1/verdicts" + query).status == 400);
  }
  CHECK(ask_json("/api/activity/vm-1/verdicts?from=2024-01-01&to=2024-04-01").at("verdicts").as_array().size() == 2);
}
