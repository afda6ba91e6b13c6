#include <activitytrack/core/clock.hpp>
#include "core/event_batch.hpp"
#include "core/event_fields.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace activitytrack;

namespace {

const std::string contract_example = R"({
  "machine_id": "vm-abc123-user1", "timestamp": "2024-01-15T10:30:00Z",
  "key_count": 150, "mouse_clicks": 45, "mouse_distance_px": 12500, "scroll_count": 20,
  "active_window": "Visual Studio Code", "active_app": "code", "is_idle": false,
  "cpu_percent": 25.5, "ram_used_percent": 68.2, "disk_used_percent": 45.0,
  "interval_sec": 60, "active_sec": 48.5, "timezone": "Europe/Berlin", "utc_offset_min": 60,
  "disk_read_bytes": 1048576, "disk_write_bytes": 524288,
  "input_verdict": "genuine", "genuine_score": 0.98, "scripted_reasons": [], "scripted_count": 0
})";

Event full_event() {
  Event e;
  e.machine_id = "vm-abc123-user1";
  e.timestamp = *parse_timestamp("2024-01-15T10:30:00Z");
  e.key_count = 150, e.mouse_clicks = 45, e.mouse_distance_px = 12500, e.scroll_count = 20;
  e.active_window = "Visual Studio Code", e.active_app = "code", e.is_idle = false;
  e.cpu_percent = 25.5, e.ram_used_percent = 68.2, e.disk_used_percent = 45.0;
  e.interval_sec = 60, e.active_sec = 48.5, e.timezone = "Europe/Berlin", e.utc_offset_min = 60;
  e.disk_read_bytes = 1048576, e.disk_write_bytes = 524288;
  e.input_verdict = Verdict::genuine, e.genuine_score = 0.98;
  return e;
}

/// The event {"machine_id":"m","timestamp":...} with one more member.
std::string with(const std::string& member) {
  return R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z",)" + member + "}";
}

/// What is wrong with a batch of a good event, this one, and another good one; both good ones must be taken.
BatchAnswer::Rejected rejection(const std::string& event) {
  const auto batch =
      decode_batch(R"({"events":[)" + with(R"("key_count":1)") + "," + event + "," + with(R"("key_count":2)") + "]}");
  REQUIRE(batch.has_value());
  REQUIRE(batch->events.size() == 2);
  CHECK(batch->indices == std::vector<std::size_t>{0, 2});
  CHECK(batch->events[1].key_count == 2);
  REQUIRE(batch->rejected.size() == 1);
  CHECK(batch->rejected[0].index == 1);
  return batch->rejected[0];
}

/// A batch with an event that has so many values which are no JSON.
std::string with_repairs(std::size_t count) {
  std::string values = "NaN";
  for (std::size_t i = 1; i < count; ++i) values += ",NaN";
  return R"({"events":[)" + with(R"("new":[)" + values + "]") + "]}";
}

}  // namespace

TEST_CASE("the contract's example decodes, and comes back as it was") {
  const auto event = decode_event(contract_example);
  REQUIRE(event.has_value());
  CHECK(*event == full_event());
  CHECK(*decode_event(encode_event(*event)) == *event);
}

TEST_CASE("an event of the old kind gets its missing fields from what it says") {
  const auto busy = decode_event(with(R"("key_count":3,"is_idle":false)"));
  CHECK(busy->active_sec == 60);
  const auto idle = decode_event(with(R"("is_idle":true)"));
  CHECK(idle->active_sec == 0);
  CHECK(decode_event(with(R"("key_count":3)"))->is_idle == false);
  CHECK(decode_event(with(R"("active_sec":0,"key_count":3)"))->is_idle == true);
  // Each count of genuine input says so by itself; scripted input does not.
  for (const char* count : {"key_count", "mouse_clicks", "mouse_distance_px", "scroll_count"}) {
    CAPTURE(count);
    CHECK(decode_event(with('"' + std::string(count) + R"(":1)"))->is_idle == false);
  }
  CHECK(decode_event(with(R"("scripted_count":3,"disk_read_bytes":1)"))->is_idle == true);
  CHECK_FALSE(decode_event(with(R"("cpu_percent":null)"))->cpu_percent.has_value());
  CHECK_FALSE(decode_event(with(R"("utc_offset_min":null)"))->utc_offset_min.has_value());
}

TEST_CASE("only the bad event is rejected, with its field and why") {
  struct Case {
    const char* event;
    const char* field;
  };
  const std::string long_zone = with(R"("timezone":")" + std::string(65, 'x') + "\"");
  const Case cases[] = {
      {R"(7)", ""},
      {R"([])", ""},
      {R"([{"machine_id":"m"}])", ""},
      {R"(null)", ""},
      {R"({})", "machine_id"},
      {R"({"machine_id":"m"})", "timestamp"},
      {R"({"machine_id":"","timestamp":"2024-01-15T10:30:00Z"})", "machine_id"},
      {R"({"machine_id":null,"timestamp":"2024-01-15T10:30:00Z"})", "machine_id"},
      {R"({"machine_id":"m","timestamp":"yesterday"})", "timestamp"},
      {R"({"machine_id":"m","timestamp":"9999-01-01T00:00:00Z"})", "timestamp"},
      {R"({"machine_id":"m","timestamp":"1969-12-31T23:59:59Z"})", "timestamp"},
      {R"({"machine_id":"m","timestamp":1705314600})", "timestamp"},
      {R"({"machine_id":"m","machine_id":"n","timestamp":"2024-01-15T10:30:00Z"})", "machine_id"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","key_count":-1})", "key_count"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","key_count":1e999})", "key_count"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","key_count":18446744073709551615})", "key_count"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","key_count":[1]})", "key_count"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","key_count":{"a":[]}})", "key_count"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","cpu_percent":100.5})", "cpu_percent"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","active_sec":61})", "active_sec"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","utc_offset_min":1081})", "utc_offset_min"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","input_verdict":"maybe"})", "input_verdict"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","gap_before":"lunch"})", "gap_before"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","gap_before":["off"]})", "gap_before"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","scripted_reasons":"x"})", "scripted_reasons"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","scripted_reasons":[1]})", "scripted_reasons"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","scripted_reasons":[["a"]]})", "scripted_reasons"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","active_app":"a\u0000b"})", "active_app"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","key_count":"7 keys"})", "key_count"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","key_count":"nan"})", "key_count"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","key_count":""})", "key_count"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","key_count":true})", "key_count"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","key_count":-0.6})", "key_count"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","utc_offset_min":30.5})", "utc_offset_min"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","is_idle":2})", "is_idle"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","is_idle":"perhaps"})", "is_idle"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","active_app":7})", "active_app"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00"})", "timestamp"},
      {long_zone.c_str(), "timezone"},
      {"{\"machine_id\":\"m\xC3(\",\"timestamp\":\"2024-01-15T10:30:00Z\"}", "machine_id"},
      {R"({"machine_id":"m\ud800","timestamp":"2024-01-15T10:30:00Z"})", "machine_id"},
      {"{\"machine_id\":\"m\t\",\"timestamp\":\"2024-01-15T10:30:00Z\"}", "machine_id"},
      {R"(NaN)", ""},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","key_count":NaN})", "key_count"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","cpu_percent":Infinity})", "cpu_percent"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","cpu_percent":-Infinity})", "cpu_percent"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","key_count":1e99999999999})", "key_count"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","key_count":007})", "key_count"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","is_idle":True})", "is_idle"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","active_window":None})", "active_window"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","input_measures":{"keys":NaN}})", "input_measures"},
      {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","active_window":NaN,"active_app":"\ud800"})",
       "active_window"},
  };
  for (const Case& c : cases) {
    CAPTURE(std::string_view(c.event).substr(0, 200));
    const BatchAnswer::Rejected r = rejection(c.event);
    CHECK(r.field == c.field);
    CHECK_FALSE(r.error.empty());
  }
}

TEST_CASE("one bad character of a title becomes U+FFFD, and costs nothing else") {
  for (const auto& [sent, kept] : std::initializer_list<std::pair<std::string, const char*>>{
           {"a\\ud800", "a\uFFFD"},
           {"\\uD83Db", "\uFFFDb"},
           {"\\udc80\\udcff", "\uFFFD\uFFFD"},  // Python's surrogateescape
           {"\\ud800\\ud83d\\ude00", "\uFFFD😀"},
           {"\\ud800\\n", "\uFFFD "},
           {"\\ud800\\\"", "\uFFFD\""},
           {"\\ud83d\\ude00", "😀"},
           {"\\\\ud800", "\\ud800"},
           {"a\x01z", "a\uFFFDz"},
           {"a\tz", "a\uFFFDz"},
           {"C:\\xampp", "C:\uFFFDxampp"},
           {"\\u12", "\uFFFDu12"},
           {"NaN, Infinity: [", "NaN, Infinity: ["},
           {"NaN \\ud800", "NaN \uFFFD"},
           {"\xC3(", "\uFFFD("},
           {"\xF0\x9F\x98", "\uFFFD\uFFFD\uFFFD"}}) {
    CAPTURE(sent);
    const std::string event =
        with(R"("active_window":")" + sent + R"(","key_count":3,"scripted_reasons":[")" + sent + "\"]");
    const auto batch = decode_batch(R"({"events":[)" + event + "," + with("\"more\":1") + "]}");
    REQUIRE(batch.has_value());
    CHECK(batch->rejected.empty());
    REQUIRE(batch->events.size() == 2);
    CHECK(batch->events[0].active_window == kept);
    CHECK(batch->events[0].scripted_reasons == std::vector<std::string>{kept});
    CHECK(batch->events[0].key_count == 3);
    CHECK(decode_event(event)->active_window == kept);
  }
  std::string longest(1024, 'x');
  longest.back() = '\xFF';
  CHECK(decode_event(with(R"("active_window":")" + longest + "\""))->active_window == longest.substr(0, 1023));
  CHECK_FALSE(decode_event(with(R"("active_window":"a\u0000b")")).has_value());
}

TEST_CASE("what nobody knows is passed over, whatever it holds") {
  CHECK(decode_event(with(R"("new":{"a":[1,{"key_count":9}],"b":"x"},"key_count":4)"))->key_count == 4);
  CHECK(decode_event(with(R"("new":{"a":[NaN,-Infinity],"\ud800":"\udc00"},"key_count":4)"))->key_count == 4);
  const auto batch = decode_batch(R"({"meta":{"events":[1]},"events":[],"more":[[]]})");
  REQUIRE(batch.has_value());
  CHECK(batch->events.empty());
}

TEST_CASE("what an agent says of itself comes with its batch, before the events or after") {
  const AgentState agent{"1.2.3", 60, 300, AgentState::Capture::failing};
  const std::vector events{full_event()};
  const auto batch = decode_batch(encode_batch(std::vector{EncodedEvent(full_event())}, agent));
  REQUIRE(batch.has_value());
  CHECK(batch->agent == agent);
  CHECK(batch->events == events);
  const auto after = decode_batch(
      R"({"events":[],"agent":{"capture":"paused","more":{"version":[]},"send_interval_sec":1,"version":"x","collect_interval_sec":86400}})");
  REQUIRE(after.has_value());
  CHECK(after->agent == AgentState{"x", 86'400, 1, AgentState::Capture::paused});
  CHECK_FALSE(decode_batch(R"({"events":[]})")->agent);
}

TEST_CASE("an event names why the time before it was not observed") {
  CHECK_FALSE(full_event().gap_before);
  CHECK(encode_event(full_event()).find("gap_before") == std::string::npos);
  CHECK_FALSE(decode_event(with(R"("gap_before":null)"))->gap_before);
  for (const Gap gap : {Gap::asleep, Gap::paused, Gap::stopped, Gap::off, Gap::blind, Gap::clock}) {
    Event event = full_event();
    event.gap_before = gap;
    CAPTURE(to_string(gap));
    CHECK(encode_event(event).find(R"("gap_before":")" + std::string(to_string(gap)) + '"') != std::string::npos);
    CHECK(decode_event(encode_event(event)).value() == event);
  }
}

TEST_CASE("an agent's last word comes without events, and says whose and since when") {
  AgentState agent{"1.2.3", 60, 300, AgentState::Capture::paused, "vm-1", Gap::paused};
  agent.since = parse_timestamp("2024-01-15T10:30:00.5Z").value();
  const std::string json = encode_batch({}, agent);
  CHECK(json.find(R"("machine_id":"vm-1","state":"paused","since":"2024-01-15T10:30:00.500Z")") != std::string::npos);
  CHECK(decode_batch(json)->agent == agent);
}

TEST_CASE("a state that is not known, or has no beginning, is left out and costs nothing else") {
  for (const char* state : {R"("state":"lunch","since":"2024-01-15T10:30:00Z")", R"("state":"paused")",
                            R"("state":"off","since":"2024-01-15T10:30:00Z")", R"("state":"paused","since":7)",
                            R"("state":7,"since":"2024-01-15T10:30:00Z")"}) {
    CAPTURE(state);
    const auto batch = decode_batch(
        R"({"events":[],"agent":{"capture":"paused","send_interval_sec":1,"version":"x","collect_interval_sec":2,)" +
        std::string(state) + "}}");
    CHECK(batch->agent == AgentState{"x", 2, 1, AgentState::Capture::paused});
  }
}

TEST_CASE("what an agent says of its configuration comes along, as far as it is of its shape") {
  AgentState agent{"1.2.3", 60, 300, AgentState::Capture::working, "vm-1"};
  using State = AgentConfiguration::State;
  for (const auto& said : {AgentConfiguration{true, 7, State::needs_restart, 0, "", "", 12},
                           AgentConfiguration{false, 6, State::refused, 7, "a.key", "must \"not\"", 13}}) {
    agent.configuration = said;
    CHECK(decode_batch(encode_batch({}, agent))->agent == agent);
  }
  const auto with_more = [](const std::string& more) {
    return decode_batch(
               R"({"events":[],"agent":{"capture":"working","send_interval_sec":1,"version":"x","collect_interval_sec":2,)" +
               more + "}}")
        ->agent.value()
        .configuration;
  };
  CHECK(with_more(R"("may_loosen":false)") == AgentConfiguration{});
  CHECK(with_more(R"("may_loosen":{},"configuration_version":-1,"configuration_change":"1")") == std::nullopt);
  CHECK(with_more(R"("configuration_version":5,"configuration_state":"lunch","configuration_error":[7])") ==
        AgentConfiguration{.version = 5});
  CHECK(with_more("\"configuration_error\":\"" + std::string(600, 'e') + '"')->error_reason.size() == 500);
}

TEST_CASE("an agent's word that is not of its shape is passed over, and its events are not") {
  const std::string long_version(65, 'v');
  for (
      const std::string& agent : {
          std::string("null"),
          std::string("[1]"),
          std::string("\"x\""),
          std::string("{}"),
          std::string(R"({"version":"1","collect_interval_sec":60,"send_interval_sec":300})"),
          std::string(R"({"version":1,"collect_interval_sec":60,"send_interval_sec":300,"capture":"working"})"),
          std::string(R"({"version":"1","collect_interval_sec":0,"send_interval_sec":300,"capture":"working"})"),
          std::string(R"({"version":"1","collect_interval_sec":60,"send_interval_sec":86401,"capture":"working"})"),
          std::string(R"({"version":"1","collect_interval_sec":60,"send_interval_sec":3.5,"capture":"working"})"),
          std::string(R"({"version":"1","collect_interval_sec":60,"send_interval_sec":300,"capture":"asleep"})"),
          std::string(
              R"({"version":"1","collect_interval_sec":60,"send_interval_sec":300,"capture":"working","machine_id":".."})"),
          std::string(R"({"version":[],"collect_interval_sec":60,"send_interval_sec":300,"capture":"working"})"),
          std::string(
              R"({"version":{"version":"1"},"collect_interval_sec":60,"send_interval_sec":300,"capture":"working"})"),
          R"({"version":")" + long_version +
              R"(","collect_interval_sec":60,"send_interval_sec":300,"capture":"working"})",
      }) {
    CAPTURE(agent);
    const auto batch = decode_batch(R"({"agent":)" + agent + R"(,"events":[)" + contract_example + "]}");
    REQUIRE(batch.has_value());
    CHECK_FALSE(batch->agent);
    CHECK(batch->events.size() == 1);
  }
}

TEST_CASE("a text that is not a batch is refused whole") {
  const std::string deep = R"({"events":[],"x":)" + std::string(100, '[') + std::string(100, ']') + "}";
  std::string many = R"({"events":[)";
  for (std::size_t i = 0; i <= max_batch_events; ++i) many += i == 0 ? "{}" : ",{}";
  many += "]}";
  const std::string good = R"({"events":[)" + contract_example + "]}";
  const std::string cut = good.substr(0, good.size() - 2);
  const std::string many_repairs = with_repairs(10 * max_batch_events + 1);
  CHECK(decode_batch(with_repairs(10 * max_batch_events)).has_value());
  for (const std::string& text :
       {std::string(), std::string("null"), std::string("[]"), std::string("{}"), std::string("\"events\""),
        std::string(R"({"events":{}})"), std::string(R"({"events":null})"), std::string(R"({"events":[],"events":[]})"),
        std::string(R"({"events":NaN})"), std::string(R"({"events":[NaN NaN]})"),
        std::string(R"({"events":[{NaN:1}]})"), std::string(R"({"events":[NaN})"),
        std::string(R"({"events":[{"a":"\ud800}]})"), std::string(R"({"events":[]} x)"), deep, many, cut,
        many_repairs}) {
    CAPTURE(text.substr(0, 60));
    CHECK_FALSE(decode_batch(text).has_value());
  }
}

TEST_CASE("every cut of a batch is refused, none crashes") {
  const std::string good = encode_batch(std::vector{EncodedEvent(full_event())});
  for (std::size_t n = 0; n < good.size(); ++n) CHECK_FALSE(decode_batch(good.substr(0, n)).has_value());
  CHECK(decode_batch(good)->events.size() == 1);
}

TEST_CASE("encoding gives valid JSON whatever the event holds") {
  Event e = full_event();
  e.active_window = "a\"b\\c\n\xFF\x01 ü 😀";
  e.cpu_percent = std::numeric_limits<double>::quiet_NaN();
  const auto back = decode_event(encode_event(e));
  REQUIRE(back.has_value());
  CHECK(back->active_window == "a\"b\\c\n\xEF\xBF\xBD\x01 ü 😀");
  CHECK_FALSE(back->cpu_percent.has_value());
}

TEST_CASE("the answer to a batch comes back as it was") {
  const BatchAnswer answer{3, 2, {{1, "key_count", "must be \"whole\""}}};
  const auto back = decode_answer(encode_answer(answer));
  REQUIRE(back.has_value());
  CHECK(back->accepted == 3);
  CHECK(back->duplicates == 2);
  CHECK(back->rejected == answer.rejected);
  CHECK_FALSE(back->configuration_version);
  CHECK(decode_answer(encode_answer({.rejected = {}, .configuration_version = 7}))->configuration_version == 7);
  CHECK_FALSE(decode_answer(R"({"accepted":0,"duplicates":0,"rejected":[],"configuration_version":"7"})")
                  ->configuration_version);
  CHECK(encode_answer({}) == R"({"accepted":0,"duplicates":0,"rejected":[]})");
  for (const char* text : {"", "[]", "{}", R"({"accepted":-1,"duplicates":0,"rejected":[]})",
                           R"({"accepted":"1","duplicates":0,"rejected":[]})"}) {
    CHECK_FALSE(decode_answer(text).has_value());
  }
}

TEST_CASE("the table's names are found, others are not") {
  for (const EventField& field : event_fields()) {
    const int at = find_event_field(field.name);
    REQUIRE(at >= 0);
    CHECK(&event_fields()[static_cast<std::size_t>(at)] == &field);
  }
  CHECK(find_event_field("keys") == -1);
}
