#include <activitytrack/agent/sampler.hpp>
#include "core/event_fields.hpp"

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

struct SamplerRig {
  FakeClock clock{"2024-01-15T10:30:00Z"};
  FakeSystemStats system;
  FakeZone zone;
  std::unique_ptr<Classifier> classifier = make_device_classifier();
  std::vector<Event> events;
  Sampler sampler{Sampler::Options{"m", 60s, 60s}, *classifier, system, zone,
                  [this](Event e) { events.push_back(std::move(e)); }};

  void input(InputKind kind, float dx = 0, float dy = 0, bool synthetic = false) {
    sampler.input({clock.ticks(), kind, synthetic, 1, 1, dx, dy});
  }
  void key() { input(InputKind::key_press); }
  void focus(std::string app, std::string title) { sampler.focus({clock.ticks(), app, title}); }
  void start() { sampler.start(clock.read()); }
  void pass(std::chrono::microseconds time) { sampler.advance(clock.pass(time).read()); }
  void jump(std::chrono::microseconds time) { sampler.advance(clock.jump(time).read()); }
  void stop() { sampler.stop(clock.read()); }
};

/// Has more to say than anyone wants to hear.
class Talkative final : public Classifier {
 public:
  void describe(const InputDevice&) override {}
  void session_locked(bool, Ticks) override {}
  Stretch add(const InputSample&) override { return 0; }
  Judgement judge(Ticks) override { return preview(); }
  Judgement preview() const override {
    return {.genuine_score = 0,
            .scripted = 1,
            .reasons = {100, std::string(1000, 'x')},
            .features = {{"keys", 0.1F}, {"key_gap_mean", std::numeric_limits<float>::quiet_NaN()}}};
  }
};

double observed(const std::vector<Event>& events) {
  double sum = 0;
  for (const Event& e : events) sum += e.interval_sec;
  return sum;
}

}  // namespace

TEST_CASE_FIXTURE(SamplerRig, "an interval holds what happened in it") {
  start();
  focus("code", "main.cpp");
  clock.pass(10s);
  key(), input(InputKind::key_release), key();
  input(InputKind::button_press), input(InputKind::button_release);
  input(InputKind::scroll, 0, -1), input(InputKind::scroll, 2, 0);
  input(InputKind::motion, 3, 4), input(InputKind::motion, -30, 40);
  pass(50s);
  REQUIRE(events.size() == 1);
  const Event& e = events[0];
  CHECK(e.machine_id == "m");
  CHECK(e.timestamp == at("2024-01-15T10:30:00Z"));
  CHECK(e.interval_sec == 60);
  CHECK(e.key_count == 2);
  CHECK(e.mouse_clicks == 1);
  CHECK(e.scroll_count == 3);
  CHECK(e.mouse_distance_px == 55);
  CHECK(e.active_sec == 50);
  CHECK_FALSE(e.is_idle);
  CHECK(e.active_app == "code");
  CHECK(e.active_window == "main.cpp");
  CHECK(e.cpu_percent == 25.5);
  CHECK(e.disk_write_bytes == 8192);
  CHECK(e.timezone == "Europe/Berlin");
  CHECK(e.utc_offset_min == 60);
  CHECK(e.input_verdict == Verdict::genuine);
  CHECK(e.genuine_score == 1);
  CHECK(e.scripted_reasons.empty());
}

TEST_CASE_FIXTURE(SamplerRig, "activity lasts idle_after beyond the last input, into the next interval") {
  start();
  clock.pass(50s);
  key();
  pass(10s);
  pass(60s);
  pass(60s);
  REQUIRE(events.size() == 3);
  CHECK(events[0].active_sec == 10);
  CHECK(events[1].active_sec == 50);
  CHECK_FALSE(events[1].is_idle);
  CHECK(events[1].input_verdict == Verdict::none);
  CHECK_FALSE(events[1].genuine_score.has_value());
  CHECK(events[2].active_sec == 0);
  CHECK(events[2].is_idle);
}

TEST_CASE_FIXTURE(SamplerRig, "inputs that follow each other are active without a gap, and no time twice") {
  start();
  for (int i = 0; i < 3; ++i) key(), clock.pass(10s);
  pass(30s);
  CHECK(events[0].active_sec == 60);
}

TEST_CASE_FIXTURE(SamplerRig, "scripted input is counted apart and is not activity") {
  start();
  input(InputKind::key_press, 0, 0, true), input(InputKind::key_release, 0, 0, true);
  input(InputKind::motion, 100, 0, true), input(InputKind::button_press, 0, 0, true);
  pass(60s);
  CHECK(events[0].key_count + events[0].mouse_clicks + events[0].mouse_distance_px == 0);
  CHECK(events[0].scripted_count == 3);
  CHECK(events[0].input_verdict == Verdict::scripted);
  CHECK(events[0].genuine_score == 0);
  CHECK(events[0].scripted_reasons == std::vector<std::string>{"synthetic_device"});
  CHECK(events[0].is_idle);
  key(), input(InputKind::key_press, 0, 0, true);
  pass(60s);
  CHECK(events[1].input_verdict == Verdict::mixed);
  CHECK(events[1].key_count == 1);
  CHECK(events[1].genuine_score == 0.5);
}

TEST_CASE("reasons are no more and no longer than a server accepts") {
  SamplerRig rig;
  rig.classifier = std::make_unique<Talkative>();
  Sampler sampler{Sampler::Options{"m", 60s, 60s}, *rig.classifier, rig.system, rig.zone,
                  [&](Event e) { rig.events.push_back(std::move(e)); }};
  sampler.start(rig.clock.read());
  sampler.input({rig.clock.ticks()});
  sampler.stop(rig.clock.pass(1s).read());
  REQUIRE(rig.events.size() == 1);
  CHECK(rig.events[0].scripted_reasons == std::vector<std::string>(max_reasons, std::string(max_reason_bytes, 'x')));
}

TEST_CASE("an interval with input holds what it was judged by, where that is asked for") {
  SamplerRig rig;
  rig.classifier = std::make_unique<Talkative>();
  Sampler::Options options{.machine_id = "m"};
  Sampler sampler{options, *rig.classifier, rig.system, rig.zone, [&](Event e) { rig.events.push_back(std::move(e)); }};
  const auto pass = [&] { sampler.advance(rig.clock.pass(60s).read()); };
  sampler.start(rig.clock.read());
  sampler.input({rig.clock.ticks()}), pass();
  sampler.input({rig.clock.ticks()});
  options.input_measures = true;
  sampler.configure(options, rig.clock.pass(1s).read());
  CHECK(sampler.preview(rig.clock.read()).input_measures.json() == R"({"keys":0.1})");
  pass(), pass();
  REQUIRE(rig.events.size() == 3);
  CHECK(rig.events[0].input_measures.empty());
  CHECK(rig.events[1].input_measures.json() == R"({"keys":0.1})");
  CHECK(rig.events[2].input_measures.empty());
}

TEST_CASE_FIXTURE(SamplerRig, "fractions of pixels and notches are carried, not lost") {
  start();
  for (int i = 0; i < 10; ++i) {
    input(InputKind::motion, 0.3F, 0), input(InputKind::scroll, 0, 0.25F);
    pass(60s);
  }
  std::int64_t px = 0, notches = 0;
  for (const Event& e : events) {
    CHECK(e.mouse_distance_px >= 0);
    px += e.mouse_distance_px, notches += e.scroll_count;
  }
  CHECK(px == 3);
  CHECK(notches == 3);  // 2.5
}

TEST_CASE_FIXTURE(SamplerRig, "the window is the one with most active time, within the application with most") {
  start();
  focus("code", "a.cpp");
  key();
  clock.pass(12s), focus("code", "b.cpp");
  clock.pass(10s), focus("firefox", "news");
  clock.pass(20s), focus("xterm", "make");
  pass(18s);
  CHECK(events[0].active_app == "code");
  CHECK(events[0].active_window == "a.cpp");
  SUBCASE("while idle, the time itself decides") {
    clock.pass(60s);
    pass(60s);
    CHECK(events.back().is_idle);
    CHECK(events.back().active_app == "xterm");
  }
  SUBCASE("a title that counts up does not grow without bound") {
    for (int i = 0; i < 1000; ++i) focus("xterm", std::to_string(i)), key(), clock.pass(50ms);
    pass(60s);
    CHECK(events[1].active_app == "xterm");
  }
}

TEST_CASE_FIXTURE(SamplerRig, "titles can be left out") {
  sampler.configure({"m", 60s, 60s, false}, clock.read());
  start();
  focus("code", "secret");
  key();
  pass(60s);
  CHECK(events[0].active_app == "code");
  CHECK(events[0].active_window.empty());
}

TEST_CASE_FIXTURE(SamplerRig, "the first and the last interval are as long as they were observed") {
  clock.pass(17250ms);
  start();
  pass(60s);
  clock.pass(5s);
  stop();
  REQUIRE(events.size() == 2);
  CHECK(events[0].timestamp == at("2024-01-15T10:30:17.250Z"));
  CHECK(events[0].interval_sec == 42.75);
  CHECK(events[1].timestamp == at("2024-01-15T10:31:00Z"));
  CHECK(events[1].interval_sec == 22.25);
}

TEST_CASE_FIXTURE(SamplerRig, "a late look back still puts everything where it happened") {
  start();
  clock.pass(59s), key();
  clock.pass(2s), key();
  clock.pass(120s), key();
  pass(1s);
  REQUIRE(events.size() == 3);
  CHECK(events[0].key_count == 1);
  CHECK(events[1].key_count == 1);
  CHECK(events[2].key_count == 0);
  stop();
  CHECK(events[3].key_count == 1);
  CHECK(observed(events) == 182);
}

TEST_CASE_FIXTURE(SamplerRig, "a sample that comes too late is counted now") {
  start();
  const Ticks before = clock.ticks() + 59s;
  pass(61s);
  sampler.input({before, InputKind::key_press, false, 1, 1, 0, 0});
  pass(59s);
  CHECK(events[0].key_count == 0);
  CHECK(events[1].key_count == 1);
}

TEST_CASE_FIXTURE(SamplerRig, "time asleep is in no event") {
  start();
  clock.pass(10s), key();
  clock.pass(10s);
  jump(8h + 25s);  // asleep from 10:30:20 to 18:30:45
  pass(15s);
  REQUIRE(events.size() == 2);
  CHECK(events[0].interval_sec == 20);
  CHECK(events[0].active_sec == 10);
  CHECK(events[1].timestamp == at("2024-01-15T18:30:45Z"));
  CHECK(events[1].interval_sec == 15);
  CHECK(events[1].is_idle);
}

TEST_CASE_FIXTURE(SamplerRig, "the event after a gap names it, and no other does") {
  sampler.start(clock.read(), Time::min(), std::nullopt, Gap::off);
  pass(60s), pass(60s);
  clock.sleep(8h), pass(0s), pass(60s);
  jump(90s), pass(60s);
  jump(-30s), pass(60s);
  stop();
  sampler.start(clock.read(), Time::min(), std::nullopt, Gap::paused);
  stop();  // no time for an event
  sampler.start(clock.pass(1s).read(), Time::min(), std::nullopt, Gap::blind);
  pass(1s);
  stop();
  std::vector<std::string> names;
  for (const Event& e : events) names.emplace_back(e.gap_before ? to_string(*e.gap_before) : "");
  CHECK(names == std::vector<std::string>{"off", "", "asleep", "clock", "", "clock", "paused"});
}

TEST_CASE_FIXTURE(SamplerRig, "a clock set back gives no timestamp twice and loses no time") {
  start();
  pass(60s), pass(60s), pass(60s);  // 10:33:00
  clock.pass(20s), key();
  jump(-150s);  // 10:30:50 again
  pass(60s), pass(60s), pass(60s), pass(60s);
  clock.jump(-90s);
  pass(300s);
  stop();
  std::set<Time> timestamps;
  for (const Event& e : events) CHECK(timestamps.insert(e.timestamp).second);
  CHECK(observed(events) == 180 + 20 + 240 + 300);
  std::int64_t keys = 0;
  for (const Event& e : events) keys += e.key_count;
  CHECK(keys == 1);
}

TEST_CASE_FIXTURE(SamplerRig, "stops and starts within one millisecond give no timestamp twice") {
  clock.pass(10ms + 100us);
  for (int i = 0; i < 5; ++i) {
    start();
    key();
    clock.pass(100us);
    stop();
    clock.pass(50us);
  }
  std::set<Time> timestamps;
  for (const Event& e : events) CHECK(timestamps.insert(e.timestamp).second);
  CHECK(timestamps.size() == 5);
}

TEST_CASE_FIXTURE(SamplerRig, "a clock that is slewed keeps whole intervals whole") {
  start();
  for (int i = 0; i < 100; ++i) {
    clock.jump(400us);
    pass(600ms);
  }
  CHECK(events.size() == 1);
  CHECK(events[0].interval_sec == 60);
}

TEST_CASE_FIXTURE(SamplerRig, "what an earlier run collected is not repeated") {
  sampler.start(clock.read(), at("2024-01-15T10:31:00Z"));
  pass(60s), pass(60s), pass(60s);
  REQUIRE(events.size() == 3);
  CHECK(events[0].timestamp == at("2024-01-15T10:30:00.000001Z"));
  CHECK(events[1].timestamp == at("2024-01-15T10:31:00.000001Z"));
  CHECK(events[2].timestamp == at("2024-01-15T10:32:00Z"));
}

TEST_CASE_FIXTURE(SamplerRig, "nothing is counted while stopped") {
  start();
  key();
  clock.pass(10s);
  stop();
  clock.pass(5s), key();
  pass(200s);
  CHECK(events.size() == 1);
  start();
  pass(20s), pass(60s);
  stop();
  CHECK(events[1].timestamp == at("2024-01-15T10:33:35Z"));
  CHECK(events[1].active_sec == 0);
  CHECK(observed(events) == 10 + 80);
}

TEST_CASE_FIXTURE(SamplerRig, "a new rhythm begins at once, and nothing is lost between") {
  start();
  clock.pass(7s), key();
  sampler.configure({"m", 5s, 60s}, clock.pass(6s).read());
  pass(2s), pass(5s);
  REQUIRE(events.size() == 3);
  CHECK(events[0].interval_sec == 13);
  CHECK(events[0].key_count == 1);
  CHECK(events[1].interval_sec == 2);
  CHECK(events[1].active_sec == 2);
  CHECK(events[2].timestamp == at("2024-01-15T10:30:15Z"));
}

TEST_CASE_FIXTURE(SamplerRig, "a new zone is in the event that closes next") {
  start();
  clock.pass(30s);
  zone.zone = "America/New_York", zone.offset = -300;
  pass(30s);
  CHECK(events[0].timezone == "America/New_York");
  CHECK(events[0].utc_offset_min == -300);
}

TEST_CASE_FIXTURE(SamplerRig, "system statistics can be switched off") {
  sampler.configure({"m", 60s, 60s, true, false}, clock.read());
  start();
  pass(60s);
  CHECK_FALSE(events[0].cpu_percent.has_value());
  CHECK(events[0].disk_read_bytes == 0);
}

TEST_CASE_FIXTURE(SamplerRig, "the preview shows the present interval") {
  start();
  key();
  pass(10s);
  CHECK(sampler.preview(clock.read()).key_count == 1);
  CHECK(sampler.preview(clock.read()).interval_sec == 10);
  CHECK(events.empty());
}
