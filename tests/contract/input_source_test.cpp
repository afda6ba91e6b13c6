// The sources that need no display; x11_test.cpp checks the X11 source for the same.
#include <activitytrack/core/memory_source.hpp>
#include <activitytrack/input/input_source.hpp>

#include "input_source_contract.hpp"

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

InputSample at(std::chrono::microseconds when, InputKind kind, std::uint16_t slot = 0) {
  return {.at = Ticks(when), .kind = kind, .slot = slot};
}

/// A tap each second, of a clock that moves by taps.
std::vector<InputSample> tap_at(std::chrono::microseconds when) {
  return {at(when + 10us, InputKind::key_press), at(when + 20us, InputKind::button_press, 1),
          at(when + 20us, InputKind::button_release, 1), at(when + 30us, InputKind::key_release)};
}

struct Memory {
  MemorySource<InputSource>* filled = new MemorySource<InputSource>;
  std::unique_ptr<InputSource> source{filled};
  std::chrono::seconds clock{0};

  ClockReading now() const { return reading(clock); }
  void tap() {
    for (const auto& sample : tap_at(clock)) filled->push(sample);
    clock += 1s;
  }
  void lose() { filled->fail({ErrorCode::unavailable, "the display went away"}); }
};

struct Replay {
  static std::vector<InputSample> many_taps() {
    std::vector<InputSample> samples;
    for (std::chrono::seconds start{0}; start < 10s; start += 1s) {
      const auto tap = tap_at(start);
      samples.insert(samples.end(), tap.begin(), tap.end());
    }
    return samples;
  }

  std::unique_ptr<InputSource> source = make_replay_source({many_taps()}, Ticks(0us));
  std::chrono::seconds clock{0};

  ClockReading now() const { return reading(clock); }
  void tap() { clock += 1s; }
};

const std::vector<InputSample> typing = tap_at(0s);

}  // namespace

TEST_CASE_TEMPLATE_INVOKE(input_drains, Memory, Replay);
TEST_CASE_TEMPLATE_INVOKE(input_appends, Memory, Replay);
TEST_CASE_TEMPLATE_INVOKE(input_pairs, Memory, Replay);
TEST_CASE_TEMPLATE_INVOKE(input_descriptor, Memory);  // a replay has none
TEST_CASE_TEMPLATE_INVOKE(input_lost, Memory);        // a replay cannot be lost

TEST_CASE("sources with a time of their own: nothing comes before its time") {
  auto filled = std::make_unique<MemorySource<InputSource>>();
  for (const auto& sample : typing) filled->push(sample);
  std::unique_ptr<InputSource> sources[] = {std::move(filled), make_replay_source({typing}, Ticks(0us))};
  for (auto& source : sources) {
    std::vector<InputSample> out;
    REQUIRE(source->drain(reading(9us), out).has_value());
    CHECK(out.empty());
    REQUIRE(source->drain(reading(20us), out).has_value());
    CHECK(out.size() == 3);
    if (source->fd() >= 0) CHECK(readable(source->fd()));
    REQUIRE(source->drain(reading(1h), out).has_value());
    CHECK(out == typing);
  }
}

TEST_CASE("MemorySource<InputSource>: a failure comes after what was pushed before it") {
  MemorySource<InputSource> source;
  source.push(typing[0]);
  source.fail({ErrorCode::unavailable, "the display went away"});
  std::vector<InputSample> out;
  const auto drained = source.drain(reading(1h), out);
  REQUIRE_FALSE(drained.has_value());
  CHECK(drained.error() == Error{ErrorCode::unavailable, "the display went away"});
  CHECK(out == std::vector{typing[0]});
}

TEST_CASE("replay source: times count from its start, and there is no descriptor") {
  auto source = make_replay_source({typing}, Ticks(1s));
  CHECK(source->fd() == -1);
  std::vector<InputSample> out;
  REQUIRE(source->drain(reading(1s), out).has_value());
  CHECK(out.empty());
  REQUIRE(source->drain(reading(1s + 10us), out).has_value());
  REQUIRE(out.size() == 1);
  CHECK(out[0].at == Ticks(1s + 10us));
}
