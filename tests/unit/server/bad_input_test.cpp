// Every malformed event gets its rejection, with its neighbours stored; every malformed body its problem.
#include "net/compress.hpp"

#include <doctest/doctest.h>

#include "api.hpp"

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

struct BadEvent {
  const char* what;
  std::string json;
  const char* field;
};

const std::string id = R"("machine_id":"vm-1")";
const std::string when = R"("timestamp":"2024-01-15T10:31:00Z")";

std::string with(const std::string& more) { return "{" + id + "," + when + "," + more + "}"; }

const std::vector<BadEvent> bad_events{
    {"not an object", "7", ""},
    {"an array", "[]", ""},
    {"no machine", "{" + when + "}", "machine_id"},
    {"no timestamp", "{" + id + "}", "timestamp"},
    {"machine_id of a wrong type", R"({"machine_id":7,)" + when + "}", "machine_id"},
    {"machine_id empty", R"({"machine_id":"",)" + when + "}", "machine_id"},
    {"machine_id that no path can hold", R"({"machine_id":".",)" + when + "}", "machine_id"},
    {"machine_id of the folder above", R"({"machine_id":"..",)" + when + "}", "machine_id"},
    {"machine_id of two lines", R"({"machine_id":"vm\n1",)" + when + "}", "machine_id"},
    {"machine_id with NUL", R"({"machine_id":"vm\u0000",)" + when + "}", "machine_id"},
    {"machine_id with a control character beyond ASCII", R"({"machine_id":"vm\u0085",)" + when + "}", "machine_id"},
    {"machine_id with a line break beyond ASCII", R"({"machine_id":"vm\u2028",)" + when + "}", "machine_id"},
    {"machine_id too long", R"({"machine_id":")" + std::string(129, 'm') + "\"," + when + "}", "machine_id"},
    {"timestamp without offset", "{" + id + R"(,"timestamp":"2024-01-15T10:31:00"})", "timestamp"},
    {"timestamp a number", "{" + id + R"(,"timestamp":1705314660})", "timestamp"},
    {"year 9999", "{" + id + R"(,"timestamp":"9999-12-31T23:59:59Z"})", "timestamp"},
    {"before 1970", "{" + id + R"(,"timestamp":"1969-12-31T23:59:59Z"})", "timestamp"},
    {"no such day", "{" + id + R"(,"timestamp":"2024-02-30T00:00:00Z"})", "timestamp"},
    {"a count as words", with(R"("key_count":"many")"), "key_count"},
    {"a truth as a word", with(R"("is_idle":"no")"), "is_idle"},
    {"a zone too long", with(R"("timezone":")" + std::string(70'000, 'z') + "\""), "timezone"},
    {"a negative count", with(R"("mouse_clicks":-1)"), "mouse_clicks"},
    {"a count out of range", with(R"("scroll_count":1e300)"), "scroll_count"},
    {"beyond 64 bits", with(R"("key_count":99999999999999999999)"), "key_count"},
    {"a percentage above 100", with(R"("cpu_percent":100.5)"), "cpu_percent"},
    {"machine_id not UTF-8", "{\"machine_id\":\"vm-\xC3\x28\"," + when + "}", "machine_id"},
    {"machine_id with half a character", R"({"machine_id":"vm-\ud800",)" + when + "}", "machine_id"},
    {"a count that is no number", with(R"("key_count":NaN)"), "key_count"},
    {"an infinite percentage", with(R"("cpu_percent":Infinity)"), "cpu_percent"},
    {"an infinite percentage below", with(R"("cpu_percent":-Infinity)"), "cpu_percent"},
    {"an exponent that no parser takes", with(R"("key_count":1e99999999999)"), "key_count"},
    {"no event at all", "NaN", ""},
    {"a title as an object", with(R"("active_window":{"a":1})"), "active_window"},
    {"a word that is no verdict", with(R"("input_verdict":"maybe")"), "input_verdict"},
    {"a score above 1", with(R"("genuine_score":1.01)"), "genuine_score"},
    {"reasons not a list", with(R"("scripted_reasons":"x")"), "scripted_reasons"},
    {"a measure that is no number", with(R"("input_measures":{"keys":1,"path":"far"})"), "input_measures"},
    {"measures as a list", with(R"("input_measures":[1,2])"), "input_measures"},
    {"an offset of days", with(R"("utc_offset_min":5000)"), "utc_offset_min"},
    {"a key twice", with(R"("key_count":1,"key_count":2)"), "key_count"},
};

}  // namespace

TEST_CASE("a bad event is rejected alone, and its neighbours are stored") {
  for (const BadEvent& bad : bad_events) {
    CAPTURE(bad.what);
    Api api;
    const auto response = api.post(R"({"events":[)" + event_json("2024-01-15T10:30:00Z") + "," + bad.json + "," +
                                   event_json("2024-01-15T10:32:00Z") + "]}");
    REQUIRE(response.status == 200);
    const auto answer = decode_answer(response.body).value();
    CHECK(answer.accepted == 2);
    CHECK(answer.duplicates == 0);
    REQUIRE(answer.rejected.size() == 1);
    CHECK(answer.rejected[0].index == 1);
    CHECK(answer.rejected[0].field == bad.field);
    CHECK_FALSE(answer.rejected[0].error.empty());
    CHECK(api.store.reader->events("vm-1", {Time{}, Time::max()}, 10).value().size() == 2);
  }
}

TEST_CASE("one bad character of a title costs neither its event nor the batch") {
  for (const char* bad : {"\\ud800", "\\udcff", "\xFF", "\x01", "\\x41"}) {
    CAPTURE(bad);
    Api api;
    const auto response =
        api.post(R"({"events":[)" + event_json("2024-01-15T10:30:00Z") + "," +
                 with(R"("active_window":"a )" + std::string(bad) + R"( title","key_count":7)") + "]}");
    REQUIRE(response.status == 200);
    CHECK(response.body == R"({"accepted":2,"duplicates":0,"rejected":[],"configuration_version":0})");
    const auto events = api.store.reader->events("vm-1", {Time{}, Time::max()}, 10).value();
    REQUIRE(events.size() == 2);
    CHECK(events[1].active_window.starts_with("a \uFFFD"));
    CHECK(events[1].active_window.ends_with(" title"));
    CHECK(events[1].key_count == 7);
  }
}

TEST_CASE("a body that is no batch is refused whole") {
  const std::string good = event_json("2024-01-15T10:30:00Z");
  const std::string whole = R"({"events":[)" + good + "]}";
  std::string deep = whole;
  deep.insert(1, "\"x\":" + std::string(40, '[') + std::string(40, ']') + ",");
  for (const std::string& body :
       {std::string(), std::string("x"), std::string("null"), std::string("[]"), std::string("{}"),
        std::string(R"({"events":{}})"), std::string(R"({"events":null})"), whole.substr(0, whole.size() - 1),
        whole + "x", whole + whole, deep, std::string(R"({"events":NaN})"), R"({"events":[)" + good + " NaN]}",
        std::string(R"({"events":[],"events":[]})")}) {
    CAPTURE(body);
    Api api;
    const auto response = api.post(body);
    CHECK(response.status == 400);
    CHECK(response.content_type == "application/problem+json");
    CHECK(api.store.reader->machines("", 10).value().empty());
  }
}

TEST_CASE("a batch of more than 10,000 events is refused whole, whatever they are") {
  for (const std::string& element : {event_json("2024-01-15T10:30:00Z"), std::string("7"), std::string("[]")}) {
    Api api;
    std::string body = R"({"events":[)";
    for (int i = 0; i < 10'001; ++i) body += (i ? "," : "") + element;
    CHECK(api.post(body + "]}").status == 400);
    CHECK(api.store.reader->machines("", 10).value().empty());
  }
}

TEST_CASE("packed bodies are unpacked, and damaged, cut or swelling ones refused") {
  Api api;
  const std::string batch = R"({"events":[)" + event_json("2024-01-15T10:30:00Z") + "]}";
  const auto post = [&](std::string coding, std::string_view body) {
    return api.call({.method = "POST", .content_type = "", .content_encoding = std::move(coding), .body = body},
                    "/api/events");
  };
  for (const ContentCoding coding : {ContentCoding::gzip, ContentCoding::zstd}) {
    const std::string name(to_string(coding));
    CAPTURE(name);
    const auto packed = compress(batch, coding);
    CHECK(post(name, packed).status == 200);
    CHECK(post(name, batch).status == 400);
    CHECK(post(name, packed.substr(0, packed.size() / 2)).status == 400);
    CHECK(post(name, compress(std::string(17 * 1024 * 1024, ' '), coding)).status == 413);
  }
  const auto refused = post("br", batch);
  CHECK(refused.status == 415);
  REQUIRE(header(refused, "Accept-Encoding"));
  CHECK(post("gzip, gzip", batch).status == 415);
}

TEST_CASE("a body of another type is refused") {
  Api api;
  const auto post = [&](std::string type) {
    return api.call({.method = "POST", .content_type = std::move(type), .body = R"({"events":[]})"}, "/api/events")
        .status;
  };
  CHECK(post("text/plain") == 415);
  CHECK(post("application/x-www-form-urlencoded") == 415);
  CHECK(post("application/jsonx") == 415);
  CHECK(post("") == 200);
  CHECK(post("Application/JSON; charset=utf-8") == 200);
}
