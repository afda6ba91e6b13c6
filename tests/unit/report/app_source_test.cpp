#include "app_fixture.hpp"
#include "report/period.hpp"

#include <doctest/doctest.h>

#include <activitytrack/core/log.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

using namespace activitytrack;
using namespace activitytrack::testing;

namespace {

/// An API that answers from a table, and remembers what it was asked.
struct FakeApi {
  std::vector<std::pair<std::string, Result<std::string>>> answers;
  std::vector<std::string> asked;

  std::unique_ptr<report::Source> source() {
    return report::make_api_source([this](const std::string& path) -> Result<std::string> {
      asked.push_back(path);
      for (const auto& [wanted, answer] : answers)
        if (wanted == path) return answer;
      return Error{ErrorCode::not_found, "the server does not have that"};
    });
  }
};

const std::string machines = R"({"machines":[{"machine_id":"m/1","user_label":"Ännes","timezone":"Europe/Berlin",)"
                             R"("first_seen":"2024-01-15T10:00:00Z","last_seen":null,"more":1}]})";
const std::string events_path =
    "/api/activity/m%2F1/events?start=2024-01-14T06%3A00%3A00Z&"
    "end=2024-01-16T18%3A00%3A00Z&limit=1000";

std::string page_of(const std::vector<Event>& events, const std::string& cursor) {
  std::string page = encode_batch(std::vector<EncodedEvent>(events.begin(), events.end()));
  page.pop_back();
  return page + ",\"next_cursor\":" + cursor + "}";
}

}  // namespace

TEST_CASE("a day is asked for by the machine's id, date and zone, and handed on as it came") {
  const DayReport day = testing::report("2024-01-15", {minute("2024-01-15T10:00:00Z", "Europe/Berlin", 60)});
  const std::string query = "?date=2024-01-15&tz=Europe%2FBerlin";
  FakeApi api{{{"/api/machines", machines},
               {"/api/activity/m%2F1/summary" + query, encode_summary(day)},
               {"/api/activity/m%2F1/timeline" + query, encode_timeline(day)}},
              {}};
  const auto source = api.source();
  const Ran json = run(*source, "summary", {.date = "2024-01-15", .tz = "Europe/Berlin", .format = "json"});
  CHECK(json.out == encode_summary(day) + "\n");
  const Ran table = run(*source, "summary", {.date = "2024-01-15", .tz = "Europe/Berlin"});
  CHECK(table.out.starts_with("m/1 (Ännes) "));
  CHECK(table.out.find("11:00 – 11:01") != std::string::npos);
}

TEST_CASE("of several days a server is asked at once, and for no more than is shown") {
  const std::vector<Event> events = {minute("2024-01-15T10:00:00Z", "Europe/Berlin", 60),
                                     minute("2024-01-17T10:00:00Z", "Europe/Berlin", 60)};
  const std::string path = "/api/activity/m%2F1/", span = "?from=2024-01-15&to=2024-01-17";
  PeriodReport period{"m/1", day("2024-01-15"), day("2024-01-17"), "Europe/Berlin", {}, {}, {}};
  FakeApi api{{{"/api/machines", R"({"machines":[{"machine_id":"m/1","timezone":"Europe/Berlin"}]})"}}, {}};
  for (const char* date : {"2024-01-15", "2024-01-16", "2024-01-17"}) {
    DayReport one = testing::report(date, events, "Europe/Berlin");
    one.machine_id = "m/1";
    api.answers.emplace_back(path + "summary?date=" + date, encode_summary(one));
    api.answers.emplace_back(path + "timeline?date=" + date, encode_timeline(one));
    period.days.push_back({one.date, one.totals});
    period.totals.merge(one.totals);
  }
  api.answers.emplace_back(path + "timeline" + span, encode_timeline(period));
  api.answers.emplace_back(path + "summary" + span + "&apps=all", encode_summary(period, true));
  std::vector<Event> same = events;
  for (Event& event : same) event.machine_id = "m/1";
  const auto buffer = buffer_of(same);
  const auto source = api.source();
  const report::ReportSettings days{.machine = "m/1", .from = "2024-01-15", .to = "2024-01-17"};
  const auto same_as_buffer = [&](const std::string& command, const std::string& format, std::size_t requests) {
    CAPTURE(command);
    CAPTURE(format);
    api.asked.clear();
    report::ReportSettings settings = days;
    settings.format = format;
    const Ran ran = run(*source, command, settings);
    CHECK(ran.err == "");
    CHECK(api.asked.size() == 1 + requests);  // the machines too
    const bool same_output = ran.out == run(*buffer, command, settings).out;
    CHECK(same_output);
  };
  same_as_buffer("summary", "table", 2);
  same_as_buffer("summary", "csv", 3);
  same_as_buffer("summary", "json", 3);
  same_as_buffer("summary", "html", 4);
  same_as_buffer("timeline", "table", 4);
  same_as_buffer("timeline", "csv", 3);
  same_as_buffer("apps", "json", 1);
  same_as_buffer("apps", "table", 1);
  period.days.pop_back();
  api.answers.insert(api.answers.begin(), {path + "timeline" + span, encode_timeline(period)});
  CHECK(run(*source, "summary", days).status == 1);
}

TEST_CASE("without a machine it is said whether there is none, or none that the person may read") {
  const std::string none = R"({"machines":[],"next_cursor":null})";
  for (const auto& [me, why] : std::initializer_list<std::pair<Result<std::string>, const char*>>{
           {R"({"user":"ann","role":"admin","machines":[]})", "no machine has sent anything to the server yet"},
           {R"({"user":"ann","role":"viewer","machines":[]})", "you may read no machine: ann was given none"},
           {R"({"user":"ann","role":"self","machines":["m1"]})", "none of the machines that ann may read has sent"},
           {Error{ErrorCode::not_found, "x"}, "there is no machine that you may read"}}) {
    FakeApi api{{{"/api/machines", none}, {"/api/me", me}}, {}};
    const auto source = api.source();
    const Ran summary = run(*source, "summary", {.machine = "m1"});
    CHECK(summary.status == 1);
    CHECK(contains(summary.err, why));
    const Ran list = run(*source, "machines", {});
    CHECK(list.status == 0);
    CHECK(contains(list.out, why));
    CHECK(run(*source, "machines", {.format = "json"}).out == none + "\n");
  }
}

TEST_CASE("machines are read page by page, to the last") {
  FakeApi api{{{"/api/machines", R"({"machines":[{"machine_id":"m1","more":[1.5]}],"next_cursor":"a b"})"},
               {"/api/machines?cursor=a%20b", R"({"machines":[{"machine_id":"m2"}],"next_cursor":"c"})"},
               {"/api/machines?cursor=c", R"({"machines":[{"machine_id":"m3"}],"next_cursor":null})"}},
              {}};
  const auto source = api.source();
  const auto known = source->machines();
  REQUIRE(known.has_value());
  CHECK(known->list.size() == 3);
  CHECK(
      known->json ==
      R"({"machines":[{"machine_id":"m1","more":[1.5E0]},{"machine_id":"m2"},{"machine_id":"m3"}],"next_cursor":null})");
  api.answers.back().second = R"({"machines":[],"next_cursor":"c"})";
  CHECK(source->machines().error().message.find("circle") != std::string::npos);
}

TEST_CASE("an address that is no server's is said to be none") {
  FakeApi api;
  const auto source = api.source();
  CHECK(contains(run(*source, "summary", {}).err, "is it the address of an activitytrack-server?"));
}

TEST_CASE("events are read page by page, to the last") {
  FakeApi api{{{"/api/machines", machines},
               {events_path, page_of({minute("2024-01-15T10:00:00Z", "Europe/Berlin", 60),
                                      minute("2024-01-15T10:01:00Z", "Europe/Berlin", 60)},
                                     "\"a b\"")},
               {events_path + "&cursor=a%20b", page_of({minute("2024-01-15T10:02:00Z", "Europe/Berlin", 60)}, "null")}},
              {}};
  const Ran ran = run(*api.source(), "export", {.date = "2024-01-15", .format = "csv"});
  CHECK(ran.status == 0);
  CHECK(std::ranges::count(ran.out, '\n') == 4);
  CHECK(api.asked.size() == 3);
}

TEST_CASE("an answer that makes no sense is a failure, and ends") {
  for (const std::string& answer : {std::string("no JSON"), std::string("[]"), page_of({}, "7"),
                                    std::string(R"({"events":[{"machine_id":"m/1"}],"next_cursor":null})")}) {
    CAPTURE(answer);
    FakeApi api{{{"/api/machines", machines}, {events_path, answer}}, {}};
    const Ran ran = run(*api.source(), "export", {.date = "2024-01-15"});
    CHECK(ran.status == 1);
    CHECK(ran.err.starts_with("activitytrack-report: the server's answer cannot be read: "));
    CHECK(std::ranges::count(ran.err, '\n') == 1);
  }
  FakeApi circle{{{"/api/machines", machines},
                  {events_path, page_of({}, "\"x\"")},
                  {events_path + "&cursor=x", page_of({}, "\"x\"")}},
                 {}};
  CHECK(run(*circle.source(), "export", {.date = "2024-01-15"}).status == 1);
  for (const char* body : {"", "{}", R"({"machines":{}})", R"({"machines":[1]})", R"({"machines":[{}]})"}) {
    CAPTURE(body);
    FakeApi api{{{"/api/machines", std::string(body)}}, {}};
    CHECK(run(*api.source(), "machines", {}).status == 1);
  }
}

TEST_CASE("the server's refusal reaches the person") {
  FakeApi api{{{"/api/machines", Error{ErrorCode::unauthorized, "give a token"}}}, {}};
  const Ran ran = run(*api.source(), "summary", {});
  CHECK(ran.status == 1);
  CHECK(ran.err == "activitytrack-report: give a token\n");
}

TEST_CASE("a buffer's events come in order of time, whatever the order of arrival") {
  std::vector<Event> events = golden_events();
  std::ranges::reverse(events);
  CHECK(run(*buffer_of(events), "export", {.from = "2024-01-15", .to = "2024-10-27"}).out ==
        run(*buffer_of(golden_events()), "export", {.from = "2024-01-15", .to = "2024-10-27"}).out);
}

TEST_CASE("a buffer file is read while its agent has it open") {
  char folder[] = "/tmp/report-buffer-XXXXXX";
  REQUIRE(mkdtemp(folder));
  const std::filesystem::path path = std::filesystem::path(folder) / "buffer.db";
  {
    StoppedClock clock;
    auto written = make_sqlite_buffer(path, clock, null_log(), {.max_age = std::chrono::hours(24 * 365)});
    REQUIRE(written.has_value());
    for (const Event& event : golden_events()) (*written)->append(event).value();
    auto opened = open_sqlite_buffer_read_only(path);
    REQUIRE(opened.has_value());
    const auto source = report::make_buffer_source(std::move(*opened));
    const report::ReportSettings all{.from = "2024-01-15", .to = "2024-10-27"};
    CHECK(run(*source, "export", all).out == run(*buffer_of(golden_events()), "export", all).out);
  }
  std::filesystem::remove_all(folder);
}

TEST_CASE("applications are all counted, not the ten of a summary alone") {
  std::vector<Event> events;
  for (int i = 10; i < 40; ++i) {
    events.push_back(minute("2024-01-15T10:" + std::to_string(i) + ":00Z"));
    events.back().active_app = "app" + std::to_string(i);
  }
  const Ran ran = run(*buffer_of(events), "apps", {.date = "2024-01-15", .format = "csv"});
  CHECK(std::ranges::count(ran.out, '\n') == 31);
}
