// What every InputSource promises, whatever it reads from. The X11 source has its own, with a live server,
// in tests/integration.
#include <activitytrack/input/memory_input_source.hpp>
#include <activitytrack/input/trace.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <poll.h>

#include <functional>

using namespace activitytrack;
using namespace std::chrono_literals;

namespace {

InputSample at(std::chrono::microseconds when, InputKind kind, std::uint16_t slot = 0) {
  return {.at = Ticks(when), .kind = kind, .slot = slot};
}

ClockReading reading(std::chrono::microseconds ticks) { return {Time(0us), Ticks(ticks)}; }

bool readable(int fd) {
  pollfd wait{fd, POLLIN, 0};
  return ::poll(&wait, 1, 0) == 1 && (wait.revents & POLLIN);
}

/// A way to make a source that will give just these samples.
struct Maker {
  const char* name;
  std::function<std::unique_ptr<InputSource>(const std::vector<InputSample>&)> make;
};

const Maker makers[] = {
    {"memory",
     [](const std::vector<InputSample>& samples) -> std::unique_ptr<InputSource> {
       auto source = std::make_unique<MemoryInputSource>();
       for (const auto& sample : samples) source->push(sample);
       return source;
     }},
    {"replay",
     [](const std::vector<InputSample>& samples) { return make_replay_source({samples}, Ticks(0us)); }},
};

const std::vector<InputSample> typing{at(10us, InputKind::key_press), at(20us, InputKind::button_press, 1),
                                      at(20us, InputKind::button_release, 1),
                                      at(30us, InputKind::key_release)};

}  // namespace

TEST_CASE("InputSource: drain gives what happened up to now, once, oldest first") {
  for (const auto& maker : makers) {
    CAPTURE(maker.name);
    auto source = maker.make(typing);
    std::vector<InputSample> out;
    REQUIRE(source->drain(reading(9us), out).has_value());
    CHECK(out.empty());
    REQUIRE(source->drain(reading(20us), out).has_value());
    CHECK(out.size() == 3);
    REQUIRE(source->drain(reading(1h), out).has_value());
    CHECK(out == typing);
    REQUIRE(source->drain(reading(2h), out).has_value());
    CHECK(out.size() == typing.size());
  }
}

TEST_CASE("InputSource: drain appends") {
  for (const auto& maker : makers) {
    CAPTURE(maker.name);
    std::vector<InputSample> out{at(1us, InputKind::motion)};
    REQUIRE(maker.make(typing)->drain(reading(1h), out).has_value());
    REQUIRE(out.size() == 1 + typing.size());
    CHECK(out.front() == at(1us, InputKind::motion));
  }
}

TEST_CASE("InputSource: the descriptor is readable while something waits, and is the source's own") {
  for (const auto& maker : makers) {
    CAPTURE(maker.name);
    auto source = maker.make(typing);
    int fd = source->fd();
    if (fd < 0) continue;
    CHECK(readable(fd));
    std::vector<InputSample> out;
    REQUIRE(source->drain(reading(1h), out).has_value());
    CHECK(source->fd() == fd);
    CHECK_FALSE(readable(fd));
    source.reset();
    CHECK(::fcntl(fd, F_GETFD) == -1);
  }
}

TEST_CASE("MemoryInputSource: what is pushed later makes it readable again") {
  MemoryInputSource source;
  CHECK_FALSE(readable(source.fd()));
  source.push(typing[0]);
  CHECK(readable(source.fd()));
  std::vector<InputSample> out;
  REQUIRE(source.drain(reading(1h), out).has_value());
  source.push(typing[1]);
  CHECK(readable(source.fd()));
}

TEST_CASE("MemoryInputSource: a failure comes after what was pushed before it, and stays") {
  MemoryInputSource source;
  source.push(typing[0]);
  source.fail({ErrorCode::unavailable, "the display went away"});
  CHECK(readable(source.fd()));
  std::vector<InputSample> out;
  auto first = source.drain(reading(1h), out);
  REQUIRE_FALSE(first.has_value());
  CHECK(first.error() == Error{ErrorCode::unavailable, "the display went away"});
  CHECK(out.size() == 1);
  CHECK_FALSE(source.drain(reading(2h), out).has_value());
}

TEST_CASE("replay source: times count from its start") {
  auto source = make_replay_source({typing}, Ticks(1s));
  std::vector<InputSample> out;
  REQUIRE(source->drain(reading(1s), out).has_value());
  CHECK(out.empty());
  REQUIRE(source->drain(reading(1s + 10us), out).has_value());
  REQUIRE(out.size() == 1);
  CHECK(out[0].at == Ticks(1s + 10us));
}
