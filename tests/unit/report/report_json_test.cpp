#include "samples.hpp"

#include <activitytrack/report/summary.hpp>

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace activitytrack::testing;

namespace {

std::vector<Event> two() {
  Event first = minute("2024-03-31T00:30:00Z", "Europe/Berlin", 60);
  first.active_sec = 0.1;
  first.cpu_percent = 1.0 / 3;
  first.active_app = "a \"b\"";
  Event second = minute("2024-03-31T01:30:00Z", "Europe/Berlin", 120);
  second.active_sec = 0.2;
  second.cpu_percent = 25.5;
  second.interval_sec = 59.9995;
  return {first, second};
}

}  // namespace

TEST_CASE("a summary as the API gives it") {
  CHECK(encode_summary(report("2024-03-31", two())) ==
        R"({"machine_id":"m1","date":"2024-03-31","timezone":"Europe/Berlin",)"
        R"("start":"2024-03-31T00:00:00+01:00","end":"2024-04-01T00:00:00+02:00",)"
        R"("events":2,"key_count":2,"mouse_clicks":0,"mouse_distance_px":0,"scroll_count":0,"scripted_count":0,)"
        R"("observed_sec":120,"active_sec":0.3,"idle_sec":119.7,"scripted_sec":0,)"
        R"("first_activity":"2024-03-31T00:30:00Z","last_activity":"2024-03-31T01:30:59.999500Z",)"
        R"("cpu_percent":{"mean":12.92,"max":25.5},"ram_used_percent":null,"disk_used_percent":null,)"
        R"("disk_read_bytes":0,"disk_write_bytes":0,)"
        R"("top_apps":[{"app":"code","active_sec":0.2,"key_count":1},)"
        R"({"app":"a \"b\"","active_sec":0.1,"key_count":1}]})");
}

TEST_CASE("a timeline names each hour and its offset") {
  const std::string json = encode_timeline(report("2024-03-31", two()));
  CHECK(json.starts_with(R"({"machine_id":"m1","date":"2024-03-31","timezone":"Europe/Berlin","hours":[)"
                         R"({"start":"2024-03-31T00:00:00+01:00","hour":0,"events":0,"key_count":0,)"));
  CHECK(json.find(R"({"start":"2024-03-31T03:00:00+02:00","hour":3,"events":1,"key_count":1,)") != std::string::npos);
  CHECK(json.find(R"("hour":2,)") == std::string::npos);
  CHECK(json.find(R"("first_activity":null,"last_activity":null)") != std::string::npos);
}

TEST_CASE("what is encoded is decoded, and encodes to the same again") {
  for (const DayReport& day : {report("2024-03-31", two()), report("2024-10-27", {}, "Europe/Berlin"),
                               report("2024-01-15", {minute("2024-01-15T08:00:00Z", "Europe/Berlin", 60),
                                                     minute("2024-01-15T14:20:00Z", "America/St_Johns", -210)})}) {
    const std::string summary = encode_summary(day), timeline = encode_timeline(day);
    const auto back = decode_day(summary, timeline);
    REQUIRE(back.has_value());
    CHECK(encode_summary(*back) == summary);
    CHECK(encode_timeline(*back) == timeline);
  }
}

TEST_CASE("a timeline names what was not observed, and that of an older server nothing") {
  DayReport day = report("2024-03-31", two());
  day.gaps = {{at("2024-03-31T01:00:00Z"), at("2024-03-31T01:30:00Z"), Gap::asleep},
              {at("2024-03-31T02:00:00Z"), at("2024-03-31T02:00:00Z"), Gap::clock}};
  const std::string json = encode_timeline(day);
  CHECK(json.ends_with(R"("gaps":[{"from":"2024-03-31T01:00:00Z","to":"2024-03-31T01:30:00Z","name":"asleep"},)"
                       R"({"from":"2024-03-31T02:00:00Z","to":"2024-03-31T02:00:00Z","name":"clock"}]})"));
  CHECK(decode_timeline(json)->gaps == day.gaps);
  std::string older = json;
  older.replace(older.find("\"gaps\""), 6, "\"more\"");
  CHECK(decode_timeline(older)->gaps.empty());
  std::string wrong = json;
  wrong.replace(wrong.find("asleep"), 6, "a nap!");
  CHECK_FALSE(decode_timeline(wrong));
}

TEST_CASE("a sum that an older server does not know is none") {
  const DayReport day = report("2024-03-31", two());
  std::string summary = encode_summary(day);
  const auto at = summary.find(R"("key_count":)");
  summary.erase(at, summary.find(',', at) + 1 - at);
  REQUIRE_FALSE(summary == encode_summary(day));
  const auto back = decode_day(summary, encode_timeline(day));
  REQUIRE(back.has_value());
  CHECK(encode_summary(*back).find(R"("events":2,"key_count":0,)") != std::string::npos);
}

TEST_CASE("an answer that is none says so") {
  const DayReport day = report("2024-03-31", two());
  const std::string summary = encode_summary(day), timeline = encode_timeline(day);
  std::string wrong = summary;
  wrong.replace(wrong.find(R"("events":2)"), 10, R"("events":"")");
  for (const auto& [first, second] : std::vector<std::pair<std::string, std::string>>{
           {"", timeline}, {"[]", timeline}, {"{}", timeline}, {summary, "{}"}, {wrong, timeline}}) {
    CAPTURE(first);
    const auto back = decode_day(first, second);
    REQUIRE_FALSE(back.has_value());
    CHECK(back.error().code == ErrorCode::invalid_input);
  }
}
