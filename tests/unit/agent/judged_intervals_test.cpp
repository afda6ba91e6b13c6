// What intervals hold whatever their judgement is, and whenever it comes.
#include <activitytrack/agent/sampler.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

using Microseconds = std::chrono::microseconds;

/// Gives samples to stretches as a test likes, and judges at random; what it said stays known.
class Random final : public Classifier {
 public:
  explicit Random(std::mt19937& random) : random_(random) {}

  void describe(const InputDevice&) override {}
  void session_locked(bool, Ticks) override {}

  Stretch add(const InputSample& sample) override {
    const auto stretch =
        static_cast<Classifier::Stretch>(random_() % 8 ? last_ : random_() % Classifier::max_stretches);
    last_ = stretch;
    present_.push_back({sample, stretch});
    return stretch;
  }

  Judgement judge(Ticks) override {
    const Classifier::Judgement judgement = preview();
    for (const auto& [sample, stretch] : present_)
      if (!judgement.scripted[stretch]) genuine.push_back(sample);
    present_.clear();
    seed_ = random_();
    return judgement;
  }

  Judgement preview() const override {
    std::mt19937 random(seed_);
    const unsigned one_in = 1 + random() % 3;  // all, half or a third of them
    Classifier::Judgement judgement;
    for (std::size_t n = 0; n < Classifier::max_stretches; ++n) judgement.scripted[n] = random() % one_in == 0;
    if (random() % 4 == 0) judgement.scripted.reset();
    judgement.genuine_score = 0.25;
    if (judgement.scripted.any()) judgement.reasons = {"word", "a sentence"};
    return judgement;
  }

  std::vector<InputSample> genuine;  ///< all that was, in all intervals

 private:
  std::mt19937& random_;
  Classifier::Stretch last_ = 0;
  unsigned seed_ = 1;
  std::vector<std::pair<InputSample, Classifier::Stretch>> present_;
};

struct JudgedRig {
  std::mt19937 random;
  FakeClock clock{"2024-01-15T10:30:00Z"};
  FakeSystemStats system;
  FakeZone zone;
  Random classifier{random};
  std::unique_ptr<Classifier> real;  ///< in its place
  Sampler::Options options{.machine_id = "m", .interval = 60s, .idle_after = 60s};
  std::vector<Event> events;
  Sampler sampler{options, real ? *real : classifier, system, zone,
                  [this](Event e) { events.push_back(std::move(e)); }};
  std::int64_t inputs = 0;
  Microseconds observed{};

  explicit JudgedRig(unsigned seed, std::unique_ptr<Classifier> judge = nullptr)
      : random(seed), real(std::move(judge)) {}

  Microseconds up_to(Microseconds most) { return Microseconds(random() % std::uint64_t(most.count())); }

  void input() {
    constexpr std::array kinds{InputKind::key_press,      InputKind::key_release, InputKind::button_press,
                               InputKind::button_release, InputKind::scroll,      InputKind::motion};
    const InputKind kind = kinds[random() % kinds.size()];
    InputSample sample{.at = clock.ticks(), .kind = kind, .synthetic = random() % 20 == 0};
    sample.device = static_cast<std::uint16_t>(1 + random() % 7);
    if (kind == InputKind::motion) sample.dx = 3, sample.dy = 4;
    if (kind == InputKind::scroll) sample.dy = 1;
    sampler.input(sample);
    if (sampler.observing() && kind != InputKind::key_release && kind != InputKind::button_release) ++inputs;
  }

  void pass(Microseconds time) {
    clock.pass(time);
    if (sampler.observing()) observed += time;
  }

  void look() { sampler.advance(clock.read()); }

  /// A device is new, comes again as another, or goes; the session is locked or unlocked.
  void change_devices() {
    if (!real) return;
    real->describe({static_cast<std::uint16_t>(1 + random() % 7), "device", random() % 9 == 0, random() % 2 == 0,
                    random() % 2 == 0});
    real->session_locked(random() % 2 == 0, clock.ticks());
  }

  /// Something that ends an interval where none would end, or looks at one.
  void disturb() {
    switch (random() % 8) {
      case 0:
        return sampler.stop(clock.read());
      case 1:
        if (!sampler.observing()) sampler.start(clock.read());
        return;
      case 2:  // asleep
        look();
        clock.jump(1h);
        return look();
      case 3:  // the clock is set back
        look();
        clock.jump(-100s);
        return look();
      case 4:
        options.interval = options.interval == 60s ? 5s : 60s;
        return sampler.configure(options, clock.read());
      case 5:
        options.input_measures = !options.input_measures;
        return sampler.configure(options, clock.read());
      case 6:
        (void)sampler.preview(clock.read());
        return;
      default:
        (void)sampler.active(clock.ticks());
    }
  }

  void live(int steps) {
    sampler.start(clock.read());
    for (int i = 0; i < steps; ++i) {
      pass(up_to(random() % 10 ? 2s : 90s));
      for (auto n = random() % 4; n > 0; --n) input();
      if (random() % 3 == 0) look();
      if (random() % 12 == 0) disturb();
      if (random() % 12 == 0) look(), change_devices();
    }
    sampler.stop(clock.read());
  }
};

std::int64_t counted(const Event& e) { return e.key_count + e.mouse_clicks + e.scroll_count + e.mouse_distance_px / 5; }

void check_agrees_with_itself(const Event& e) {
  CHECK(e.mouse_distance_px % 5 == 0);
  CHECK(counted(e) >= 0);
  CHECK(e.scripted_count >= 0);
  const Verdict verdict = counted(e) + e.scripted_count == 0 ? Verdict::none
                          : e.scripted_count == 0            ? Verdict::genuine
                          : counted(e) == 0                  ? Verdict::scripted
                                                             : Verdict::mixed;
  CHECK(e.input_verdict == verdict);
  CHECK(e.genuine_score.has_value() == (verdict != Verdict::none));
  CHECK(e.scripted_reasons.empty() == (e.scripted_count == 0));
  CHECK(e.active_sec <= e.interval_sec);
  CHECK(e.is_idle == (e.active_sec == 0));
  if (e.interval_sec > 0 && counted(e) > 0) CHECK_FALSE(e.is_idle);
}

/// The time in [from, to) that lies within `idle_after` after one of `samples`.
double active_seconds(const std::vector<InputSample>& samples, Ticks from, Ticks to, Microseconds idle_after) {
  std::vector<std::pair<Ticks, Ticks>> times;
  for (const InputSample& s : samples)
    times.emplace_back(std::clamp(s.at, from, to), std::clamp(s.at + idle_after, from, to));
  std::ranges::sort(times);
  Microseconds sum{};
  Ticks done = from;
  for (const auto& [begin, end] : times)
    if (end > done) sum += end - std::max(begin, done), done = end;
  return std::chrono::duration<double>(sum).count();
}

void check_counted_once(JudgedRig& rig) {
  rig.live(400);
  std::int64_t sum = 0;
  double observed = 0;
  for (const Event& e : rig.events) {
    check_agrees_with_itself(e);
    sum += counted(e) + e.scripted_count;
    observed += e.interval_sec;
  }
  CHECK(sum == rig.inputs);
  CHECK(std::abs(observed - std::chrono::duration<double>(rig.observed).count()) < 0.002 * double(rig.events.size()));
}

}  // namespace

TEST_CASE("every input is counted once, as genuine or as scripted, whatever ends an interval") {
  for (unsigned seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    JudgedRig rig(seed);
    check_counted_once(rig);
  }
}

TEST_CASE("the same with those who judge, and with devices that come and go") {
  for (unsigned seed = 0; seed < 30; ++seed) {
    CAPTURE(seed);
    JudgedRig rig(seed, seed % 2 ? make_behaviour_classifier() : make_device_classifier());
    check_counted_once(rig);
  }
}

TEST_CASE("active is the time after genuine input, of this interval and those before, and no other") {
  for (unsigned seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    JudgedRig rig(seed);
    rig.options.idle_after = std::chrono::seconds(std::array{1, 7, 60, 200}[seed % 4]);
    rig.sampler.configure(rig.options, rig.clock.read());
    const ClockReading begun = rig.clock.read();
    rig.sampler.start(begun);
    for (int i = 0; i < 300; ++i) {
      rig.pass(rig.up_to(rig.random() % 10 ? 3s : 150s));
      rig.input();
      if (rig.random() % 3 == 0) rig.look();
    }
    rig.sampler.stop(rig.clock.read());
    for (const Event& e : rig.events) {
      const Ticks from = begun.ticks + (e.timestamp - begun.wall);
      const Ticks to = from + Microseconds(std::llround(e.interval_sec * 1e6));
      const double expected = active_seconds(rig.classifier.genuine, from, to, rig.options.idle_after);
      CHECK(std::abs(e.active_sec - expected) < 0.0021);
      check_agrees_with_itself(e);
    }
  }
}

TEST_CASE("an hour with all stretches that there may be") {
  JudgedRig rig(5);
  rig.options.interval = 1h, rig.options.idle_after = 1s;
  rig.sampler.configure(rig.options, rig.clock.read());
  rig.sampler.start(rig.clock.read());
  for (int i = 0; i < 40'000; ++i) {
    rig.pass(135ms);
    rig.input();
    if (i % 15 == 0) rig.look();
  }
  rig.sampler.stop(rig.clock.read());
  REQUIRE(rig.events.size() == 3);
  std::int64_t sum = 0;
  for (const Event& e : rig.events) check_agrees_with_itself(e), sum += counted(e) + e.scripted_count;
  CHECK(sum == rig.inputs);
}
