#include "server/http/message.hpp"

#include <doctest/doctest.h>

#include "api.hpp"

#include <boost/json/parse.hpp>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

std::string detail_of(const Response& response) {
  CHECK(response.content_type == "application/problem+json");
  return std::string(json_of(response).at("detail").as_string());
}

/// An API with one event at each minute from 10:00 to 10:09.
struct TenEvents : Api {
  TenEvents() {
    std::string body = R"({"events":[)";
    for (int i = 9; i >= 0; --i) {
      body += event_json("2024-01-15T10:0" + std::to_string(i) + ":00Z",
                         R"("timezone":"Europe/Berlin","utc_offset_min":60)") +
              (i ? "," : "]}");
    }
    REQUIRE(post(body).status == 200);
  }
};

std::vector<std::string> minutes(const Response& response) {
  std::vector<std::string> all;
  const auto json = json_of(response);
  for (const auto& event : json.at("events").as_array()) {
    all.push_back(std::string(event.at("timestamp").as_string()).substr(14, 2));
  }
  return all;
}

const std::string events_path = "/api/activity/vm-1/events";

}  // namespace

TEST_CASE_FIXTURE(TenEvents, "pages follow each other without a gap or a repeat") {
  std::vector<std::string> seen;
  std::string cursor;
  int pages = 0;
  do {
    const auto page = get(events_path + "?limit=4" + cursor);
    REQUIRE(page.status == 200);
    for (auto& minute : minutes(page)) seen.push_back(minute);
    const auto json = json_of(page);
    cursor = json.at("next_cursor").is_null() ? "" : "&cursor=" + std::string(json.at("next_cursor").as_string());
    ++pages;
  } while (!cursor.empty());
  CHECK(seen == std::vector<std::string>{"00", "01", "02", "03", "04", "05", "06", "07", "08", "09"});
  CHECK(pages == 3);
}

TEST_CASE_FIXTURE(TenEvents, "a page that holds exactly the rest has no next") {
  CHECK(json_of(get(events_path + "?limit=10")).at("next_cursor").is_null());
  CHECK_FALSE(json_of(get(events_path + "?limit=9")).at("next_cursor").is_null());
}

TEST_CASE_FIXTURE(TenEvents, "start and end are half-open, in any offset, with + or the space it may become") {
  using Minutes = std::vector<std::string>;
  CHECK(minutes(get(events_path + "?start=2024-01-15T10:03:00Z&end=2024-01-15T10:05:00Z")) == Minutes{"03", "04"});
  for (const char* plus : {"+", "%2B", "%20"}) {
    const std::string at_five = std::string("2024-01-15T11:05:00") + plus + "01:00";
    CHECK(minutes(get(events_path + "?start=" + at_five + "&limit=2")) == Minutes{"05", "06"});
  }
  CHECK(minutes(get(events_path + "?start=2024-01-15T05:08:00-05:00")) == Minutes{"08", "09"});
  CHECK(minutes(get(events_path + "?start=2024-01-15T10:03:00Z&end=2024-01-15T10:03:00Z")).empty());
}

TEST_CASE_FIXTURE(TenEvents, "a wrong parameter is named") {
  const std::pair<const char*, const char*> wrong[] = {
      {"?start=yesterday", "start:"},
      {"?end=2024-13-01T00:00:00Z", "end:"},
      {"?start=2024-01-15T10:00:00Z&end=2024-01-14T10:00:00Z", "end:"},
      {"?limit=0", "limit:"},
      {"?limit=10001", "limit:"},
      {"?limit=-1", "limit:"},
      {"?limit=1x", "limit:"},
      {"?limit=", "limit:"},
      {"?cursor=", "cursor:"},
      {"?cursor=t", "cursor:"},
      {"?cursor=t-1", "cursor:"},
      {"?cursor=t9223372036854775807", "cursor:"},
      {"?cursor=2024-01-15T10:00:00Z", "cursor:"},
  };
  for (const auto& [query, name] : wrong) {
    CAPTURE(query);
    const auto response = get(events_path + query);
    CHECK(response.status == 400);
    CHECK(detail_of(response).starts_with(name));
  }
  for (const char* path : {"/api/activity/vm-1/summary", "/api/activity/vm-1/timeline"}) {
    CHECK(detail_of(get(path + std::string("?date=15.1.2024"))).starts_with("date:"));
    CHECK(detail_of(get(path + std::string("?tz=Mars/Olympus"))).starts_with("tz:"));
    CHECK(detail_of(get(path + std::string("?tz="))).starts_with("tz:"));
    CHECK(detail_of(get(path + std::string("?tz=../../etc/passwd"))).starts_with("tz:"));
  }
}

TEST_CASE_FIXTURE(TenEvents, "an unknown machine is not found, on every path that names one") {
  for (const char* path : {"/api/machines/vm-2", "/api/activity/vm-2/events", "/api/activity/vm-2/summary",
                           "/api/activity/vm-2/timeline"}) {
    CHECK(get(path).status == 404);
  }
  CHECK(patch("/api/machines/vm-2", R"({"user_label":"x"})").status == 404);
}

TEST_CASE_FIXTURE(TenEvents, "a day is today's on the machine's own clock, or as asked") {
  CHECK(json_of(get("/api/activity/vm-1/summary")).at("date").as_string() == "2024-01-15");
  clock.pass(std::chrono::hours(11));  // 23:00Z: midnight in Berlin
  CHECK(json_of(get("/api/activity/vm-1/summary")).at("date").as_string() == "2024-01-16");
  CHECK(json_of(get("/api/activity/vm-1/summary?tz=UTC")).at("date").as_string() == "2024-01-15");
  const auto summary = json_of(get("/api/activity/vm-1/summary?date=2024-01-15"));
  CHECK(summary.at("events").as_int64() == 10);
  CHECK(summary.at("timezone").as_string() == "Europe/Berlin");
  CHECK(json_of(get("/api/activity/vm-1/summary?date=2024-01-14")).at("events").as_int64() == 0);
}

TEST_CASE_FIXTURE(TenEvents, "a summary names all applications where that is asked for") {
  std::string events;
  for (int i = 10; i < 22; ++i) {
    events +=
        (events.empty() ? "" : ",") + event_json("2024-01-15T11:" + std::to_string(i) + ":00Z",
                                                 R"("active_sec":30,"active_app":"app)" + std::to_string(i) + '"');
  }
  REQUIRE(post(R"({"events":[)" + events + "]}").status == 200);
  for (const char* query : {"?date=2024-01-15", "?from=2024-01-14&to=2024-01-15"}) {
    CAPTURE(query);
    const std::string path = std::string("/api/activity/vm-1/summary") + query;
    const auto usual = json_of(get(path)), whole = json_of(get(path + "&apps=all"));
    CHECK_FALSE(usual.as_object().contains("apps"));
    CHECK(whole.at("apps").as_array().size() == 12);
    CHECK(whole.at("top_apps") == usual.at("top_apps"));
    CHECK(detail_of(get(path + "&apps=some")).starts_with("apps:"));
  }
}

TEST_CASE_FIXTURE(TenEvents, "a zone nobody knows does not keep a machine from its summary") {
  REQUIRE(post(R"({"events":[)" + event_json("2024-01-15T11:00:00Z", R"("timezone":"Nowhere/Land")") + "]}").status ==
          200);
  CHECK(get("/api/activity/vm-1/summary").status == 200);
  CHECK(get("/api/activity/vm-1/timeline?date=2024-01-15").status == 200);
  CHECK(get("/api/activity/vm-1/timeline?date=2030-01-01").status == 200);
}

TEST_CASE_FIXTURE(TenEvents, "a label is text of at most 128 characters, or null") {
  const auto label = [&](const std::string& value) {
    return patch("/api/machines/vm-1", R"({"user_label":)" + value + "}");
  };
  std::string umlauts;
  for (int i = 0; i < 128; ++i) umlauts += "ä";
  CHECK(json_of(label('"' + umlauts + '"')).at("user_label").as_string() == umlauts);
  CHECK(json_of(get("/api/machines/vm-1")).at("user_label").as_string() == umlauts);
  for (const std::string& wrong : {'"' + umlauts + "ä\"", std::string("7"), std::string("[]"), std::string("\"a\\nb\""),
                                   std::string("\"a\\u0000b\""), std::string("\"\xC3\x28\"")}) {
    CAPTURE(wrong);
    CHECK(label(wrong).status == 400);
  }
  CHECK(json_of(get("/api/machines/vm-1")).at("user_label").as_string() == umlauts);
  CHECK(json_of(label("null")).at("user_label").is_null());
  for (const char* body : {"", "x", "[]", "{}", R"({"label":"x"})"}) {
    CHECK(patch("/api/machines/vm-1", body).status == 400);
  }
}

TEST_CASE("a machine's id may hold what a path cannot") {
  Api api;
  REQUIRE(api.post(R"({"events":[{"machine_id":"a/b c+ü","timestamp":"2024-01-15T10:30:00Z"}]})").status == 200);
  CHECK(json_of(api.get("/api/machines/a%2Fb%20c+%C3%BC")).at("machine_id").as_string() == "a/b c+ü");
}

TEST_CASE("a store that may not be written is one to come back to") {
  const auto answer = failure_answer({ErrorCode::permission, "database: attempt to write a readonly database"});
  CHECK(answer.status == 503);
  CHECK(header(answer, "Retry-After"));
}

TEST_CASE("a store that fails is answered with its own problem, and logged without repeating itself") {
  struct Full : StoreWriter {
    Result<Appended> append(std::span<const Batch>, Time, std::optional<std::int64_t>) override {
      return Error{ErrorCode::no_space, "database: database or disk is full"};
    }
    Result<void> flush() override { return {}; }
    Result<bool> set_user_label(std::string_view, const std::optional<std::string>&) override {
      return Error{ErrorCode::io, "database: broken"};
    }
  } full;
  Api api;
  Ingest ingest(full, *api.gate, api.clock, api.log);
  Services services{
      *api.store.reader, full,      *api.store.database, ingest,          api.clock,         api.log,
      api.passwords,     api.stats, api.readiness,       api.screenshots, api.configuration, api.machine_states,
      api.usual_days};
  for (int i = 0; i < 3; ++i) {
    const std::string body = R"({"events":[)" + event_json("2024-01-15T10:30:00Z") + "]}";
    const Request request{.method = "POST", .body = body, .identity = Principal::anyone()};
    const auto answered = std::make_shared<std::promise<Response>>();
    post_events(request, services, [answered](Response response) { answered->set_value(std::move(response)); });
    const Response response = answered->get_future().get();
    CHECK(response.status == 503);
    CHECK(header(response, "Retry-After"));
  }
  CHECK(api.log.count("not stored") == 1);
  REQUIRE(api.post(R"({"events":[)" + event_json("2024-01-15T10:30:00Z") + "]}").status == 200);
  const Request request{.method = "PATCH", .arguments = {"vm-1"}, .body = R"({"user_label":null})"};
  CHECK(answer_of(patch_machine(request, services), services.log, request).status == 500);
}
