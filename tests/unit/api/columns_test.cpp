// GET /api/activity/{id}/minutes and .../range: a machine's time as columns.
#include <doctest/doctest.h>

#include "api.hpp"

#include <boost/json/serialize.hpp>

#include <numeric>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

struct Columns : Api {
  void send(const std::string& timestamp, const std::string& more = R"("active_sec":30,"is_idle":false)") {
    const std::string event =
        R"({"machine_id":"m","timestamp":")" + timestamp + R"(","active_app":"code",)" + more + "}";
    REQUIRE(post(R"({"events":[)" + event + "]}").status == 200);
  }

  boost::json::value ask_slots(const std::string& query) {
    const Response answer = get("/api/screenshots/m/slots" + query);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return json_of(answer);
  }

  boost::json::value ask(const std::string& what) {
    const Response answer = get("/api/activity/m/" + what);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return json_of(answer);
  }
};

std::int64_t sum_of(const boost::json::value& column) {
  std::int64_t all = 0;
  for (const auto& number : column.as_array()) all += number.as_int64();
  return all;
}

}  // namespace

TEST_CASE_FIXTURE(Columns, "a day has a number for each minute, on the machine's own clock or another") {
  send("2024-01-15T10:30:00Z", R"("active_sec":30,"key_count":5,"timezone":"Asia/Kolkata","utc_offset_min":330)");
  const auto day = ask("minutes?date=2024-01-15");
  CHECK(day.at("start") == "2024-01-14T18:30:00Z");
  CHECK(day.at("timezone").is_null());
  CHECK(day.at("step_sec") == 60);
  const auto& keys = day.at("columns").at("key_count").as_array();
  CHECK(keys.size() == 1440);
  CHECK(keys[16 * 60] == 5);
  CHECK(day.at("zones").at(0).at("timezone") == "Asia/Kolkata");
  CHECK(day.at("apps").at(0) == "code");
  CHECK_FALSE(day.as_object().contains("titles"));
  const auto utc = ask("minutes?date=2024-01-15&tz=UTC&titles=1");
  CHECK(utc.at("start") == "2024-01-15T00:00:00Z");
  CHECK(utc.at("columns").at("key_count").at(630) == 5);
  CHECK(utc.at("columns").at("title").as_array().size() == 1440);
}

TEST_CASE_FIXTURE(Columns, "days of 23 and 25 hours have as many minutes") {
  send("2024-03-31T10:30:00Z");
  CHECK(ask("minutes?date=2024-03-31&tz=Europe/Berlin").at("columns").at("app").as_array().size() == 23 * 60);
  CHECK(ask("minutes?date=2024-10-27&tz=Europe/Berlin").at("columns").at("app").as_array().size() == 25 * 60);
}

TEST_CASE_FIXTURE(Columns, "any stretch of time is reduced to what a screen can show, with the same sums") {
  std::string events;
  for (int i = 0; i < 2500; ++i) {
    const Time at = parse_timestamp("2024-01-15T10:00:00Z").value() + std::chrono::seconds(i);
    events += (i ? "," : "") + std::string(R"({"machine_id":"m","interval_sec":1,"active_sec":1,"key_count":1,)") +
              R"("cpu_percent":)" + std::to_string(i % 100) + R"(,"timestamp":")" + format_timestamp(at) + "\"}";
  }
  REQUIRE(post(R"({"events":[)" + events + "]}").status == 200);
  const auto few = ask("minutes?start=2024-01-15T10:00:00Z&end=2024-01-15T11:00:00Z&points=100");
  CHECK(few.at("date").is_null());
  CHECK(few.at("interval_sec") == 1);
  CHECK(few.at("step_sec") == 60);
  CHECK(sum_of(few.at("columns").at("key_count")) == 2500);
  CHECK(sum_of(few.at("columns").at("observed_sec")) == 2500);
  CHECK(few.at("columns").at("cpu_percent").at(1) == 99);
  CHECK(few.at("columns").at("cpu_percent").at(50).is_null());
  CHECK(ask("minutes?start=2024-01-15T10:00:00Z&end=2024-01-15T11:00:00Z&points=4000").at("step_sec") == 1);
}

TEST_CASE_FIXTURE(Columns, "gaps have names, and scripted stretches their reasons") {
  send("2024-01-15T10:00:00Z");
  send("2024-01-15T11:00:00Z", R"("gap_before":"paused","active_sec":0,"is_idle":true,"input_verdict":"scripted",)"
                               R"("genuine_score":0.02,"scripted_count":9,)"
                               R"("scripted_reasons":["constant_interval","clicks every 0.50 s","synthetic_device"])");
  const auto day = ask("minutes?date=2024-01-15&tz=UTC");
  CHECK(day.at("gaps").at(0).at("name") == "paused");
  CHECK(day.at("gaps").at(0).at("from") == "2024-01-15T10:01:00Z");
  const auto& stretch = day.at("scripted").at(0);
  CHECK(stretch.at("timestamp") == "2024-01-15T11:00:00Z");
  CHECK(stretch.at("scripted_sec") == 60);
  CHECK(boost::json::serialize(stretch.at("reasons")) ==
        R"([{"word":"constant_interval","texts":["clicks every 0.50 s"]},{"word":"synthetic_device","texts":[]}])");
}

TEST_CASE_FIXTURE(Columns, "slots of ten minutes have their pictures, or say why there is none") {
  send("2024-01-15T10:00:00Z");
  send("2024-01-15T10:10:00Z", R"("active_sec":0,"is_idle":true,"interval_sec":600)");
  send("2024-01-15T11:00:00Z", R"("gap_before":"paused","active_sec":9)");
  const auto why = [&](std::size_t index) {
    return ask_slots("?date=2024-01-15&tz=UTC").at("slots").at(index).at("why");
  };
  CHECK(why(60) == "not_asked");
  Screenshot shot;
  shot.machine_id = "m", shot.id = "id-1", shot.taken_at = parse_timestamp("2024-01-15T10:05:00Z").value();
  shot.width = 480, shot.height = 270, shot.format = Screenshot::Format::none, shot.same_as = "id-0";
  REQUIRE(screenshots.announce(shot, {}).has_value());
  const auto day = ask_slots("?date=2024-01-15&tz=UTC");
  CHECK(day.at("slots").as_array().size() == 144);
  const auto& slot = day.at("slots").at(60);
  CHECK(slot.at("why").is_null());
  CHECK(slot.at("screenshots").at(0).at("same_as") == "id-0");
  CHECK(slot.at("counts").at("active_sec") == 30);
  CHECK(why(61) == "idle");
  CHECK(why(63) == "paused");
  CHECK(why(66) == "unknown");
  CHECK(why(0) == "unknown");
  CHECK(why(143) == "future");
  CHECK(get("/api/screenshots/m/slots?date=never").status == 400);
  CHECK(get("/api/screenshots/nobody/slots").status == 404);
}

TEST_CASE_FIXTURE(Columns, "what cannot be asked for is refused by its name") {
  send("2024-01-15T10:00:00Z");
  for (const auto query :
       {"points=15", "points=4001", "titles=2", "date=today", "tz=Nowhere", "from=2024-01-15&to=2024-01-16",
        "start=2024-01-15T10:00:00Z", "start=2024-01-15T10:00:00Z&end=2024-01-15T10:00:00Z"}) {
    CAPTURE(query);
    CHECK(get(std::string("/api/activity/m/minutes?") + query).status == 400);
  }
  for (const auto query :
       {"", "from=2024-01-15", "from=2024-01-15&to=2040-01-15", "from=2024-01-15&to=2024-01-16&tz=Nowhere"}) {
    CAPTURE(query);
    CHECK(get(std::string("/api/activity/m/range?") + query).status == 400);
  }
  CHECK(get("/api/activity/nobody/minutes").status == 404);
  CHECK(get("/api/activity/nobody/range?from=2024-01-15&to=2024-01-16").status == 404);
}

TEST_CASE_FIXTURE(Columns, "a range has its days, the hours of the week and the same weekdays before") {
  send("2024-01-08T10:30:00Z");  // a Monday
  send("2024-01-15T10:30:00Z", R"("active_sec":30,"key_count":5)");
  send("2024-01-16T23:30:00Z", R"("active_sec":20,"key_count":5)");
  send("2024-01-16T23:31:00Z", R"("active_sec":0,"input_verdict":"scripted","scripted_count":5)");
  const auto week = ask("range?from=2024-01-15&to=2024-01-17&tz=UTC");
  const auto text = [](const boost::json::value& value) { return boost::json::serialize(value); };
  CHECK(text(week.at("days").at("date")) == R"(["2024-01-15","2024-01-16","2024-01-17"])");
  CHECK(text(week.at("days").at("active_sec")) == "[30,20,0]");
  CHECK(text(week.at("days").at("scripted_sec")) == "[0,60,0]");
  CHECK(text(week.at("days").at("idle_sec")) == "[30,40,0]");
  CHECK(week.at("days").at("first_activity").at(2).is_null());
  const auto& hours = week.at("weekday_hours");
  CHECK(hours.at("active_sec").as_array().size() == 168);
  CHECK(hours.at("active_sec").at(10) == 30);
  CHECK(hours.at("active_sec").at(24 + 23) == 20);
  CHECK(hours.at("scripted_sec").at(24 + 23) == 60);
  CHECK(text(hours.at("days")) == "[1,1,0,0,0,0,0]");
  CHECK(week.at("apps").at(0).at("active_sec") == 50);
  CHECK(text(week.at("day_apps")) == R"({"app":["code"],"active_sec":[[30,20,0]]})");
  CHECK(week.at("totals").at("active_sec") == 50);
  CHECK(week.at("totals").at("idle_sec") == 70);
  CHECK(week.at("totals").at("scripted_sec") == 60);
  const auto& before = week.at("before");
  CHECK(before.at("from") == "2024-01-08");
  CHECK(text(before.at("active_sec")) == "[30,0,0]");
  CHECK(before.at("totals").at("active_sec") == 30);
  CHECK(before.at("apps").at(0).at("app") == "code");
  const auto kolkata = ask("range?from=2024-01-15&to=2024-01-17&tz=Asia/Kolkata");
  CHECK(text(kolkata.at("days").at("active_sec")) == "[30,0,20]");
}
