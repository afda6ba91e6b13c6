// Intervals in which a person and a program were at it.
#include <activitytrack/agent/sampler.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <bitset>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

/// By the device: 1 is a person's.
class ByDevice final : public Classifier {
 public:
  void describe(const InputDevice&) override {}
  void session_locked(bool, Ticks) override {}
  Stretch add(const InputSample& sample) override { return sample.device; }
  Judgement judge(Ticks) override { return preview(); }
  Judgement preview() const override {
    return {.genuine_score = 0,
            .scripted = ~std::bitset<Classifier::max_stretches>(2),
            .reasons = {"word"},
            .features = {}};
  }
};

struct Desk {
  FakeClock clock{"2024-01-15T10:30:00Z"};
  FakeSystemStats system;
  FakeZone zone;
  ByDevice classifier;
  std::vector<Event> events;
  Sampler sampler{Sampler::Options{"m", 60s, 10s}, classifier, system, zone,
                  [this](Event e) { events.push_back(std::move(e)); }};

  Desk() { sampler.start(clock.read()); }

  void input(std::uint16_t device, InputKind kind = InputKind::key_press, float dx = 0) {
    sampler.input({.at = clock.ticks(), .kind = kind, .device = device, .dx = dx});
  }
  void pass(std::chrono::microseconds time) { sampler.advance(clock.pass(time).read()); }
};

}  // namespace

TEST_CASE_FIXTURE(Desk, "the window is that of the person, not of the program beside them") {
  sampler.focus({clock.ticks(), "code", "main.cpp"});
  input(1);
  clock.pass(6s);
  sampler.focus({clock.ticks(), "firefox", "news"});
  for (int i = 0; i < 54; ++i) clock.pass(1s), input(2);
  pass(0s);
  REQUIRE(events.size() == 1);
  CHECK(events[0].input_verdict == Verdict::mixed);
  CHECK(events[0].active_sec == 10);
  CHECK(events[0].scripted_count == 53);  // the last is of the next interval
  CHECK(events[0].active_app == "code");
}

TEST_CASE_FIXTURE(Desk, "scripted input alone is idle, and nobody is active by it") {
  for (int i = 0; i < 120; ++i) {
    input(2);
    pass(1s);
    CHECK_FALSE(sampler.active(clock.ticks()));
  }
  REQUIRE(events.size() == 2);
  for (const Event& e : events) {
    CHECK(e.is_idle);
    CHECK(e.input_verdict == Verdict::scripted);
  }
  input(1);
  pass(1s);
  CHECK(sampler.active(clock.ticks()));
}

TEST_CASE_FIXTURE(Desk, "a key that comes up in the next interval is no input of that one") {
  clock.pass(59s), input(2), clock.pass(2s), input(2, InputKind::key_release);
  pass(59s);
  REQUIRE(events.size() == 2);
  CHECK(events[0].input_verdict == Verdict::scripted);
  CHECK(events[1].input_verdict == Verdict::none);
  CHECK(events[1].scripted_reasons.empty());
}

TEST_CASE_FIXTURE(Desk, "fractions of a program's way are not left to the person") {
  input(2, InputKind::motion, 0.4F), input(1, InputKind::motion, 0.3F);
  pass(60s);
  input(1, InputKind::motion, 0.3F);
  pass(60s);
  CHECK(events[0].mouse_distance_px == 0);
  CHECK(events[1].mouse_distance_px == 1);
}

TEST_CASE_FIXTURE(Desk, "an absurd way is no more than a server accepts") {
  for (int i = 0; i < 10; ++i) input(1, InputKind::motion, 3e38F);
  pass(60s);
  CHECK(events[0].mouse_distance_px == 1'000'000'000);
  input(1, InputKind::motion, 3);
  pass(60s);
  CHECK(events[1].mouse_distance_px == 3);
}

TEST_CASE_FIXTURE(Desk, "while stopped there is no present interval") {
  input(1);
  pass(10s);
  sampler.stop(clock.read());
  clock.pass(600s);
  const Event none = sampler.preview(clock.read());
  CHECK(none.interval_sec == 0);
  CHECK(none.input_verdict == Verdict::none);
  CHECK(none.is_idle);
}
