#pragma once

#include <activitytrack/core/clock.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <vector>

// What an InputSource and a FocusSource promise alike. A driver `t` of a test has `t.source`, and `t.now()`
// to drain it with.

namespace activitytrack::test {

/// How long what comes from another process may take; a test waits for it, and fails after that.
constexpr std::chrono::seconds patience{180};

inline ClockReading reading(Ticks::duration ticks) { return {Time(std::chrono::seconds(0)), Ticks(ticks)}; }

/// Whether the descriptor is readable, or becomes so within `wait`.
inline bool readable(int fd, std::chrono::milliseconds wait = std::chrono::milliseconds(0)) {
  pollfd one{fd, POLLIN, 0};
  return ::poll(&one, 1, static_cast<int>(wait.count())) == 1 && (one.revents & POLLIN) != 0;
}

/// Drains until there are `count` samples more in `out`, or patience ends.
template <class Driver, class Sample>
void gather(Driver& t, std::size_t count, std::vector<Sample>& out) {
  const auto wanted = out.size() + count;
  const auto end = std::chrono::steady_clock::now() + patience;
  while (out.size() < wanted) {
    REQUIRE(t.source->drain(t.now(), out).has_value());
    if (out.size() >= wanted || std::chrono::steady_clock::now() > end) return;
    pollfd one{t.source->fd(), POLLIN, 0};
    ::poll(&one, 1, 10);
  }
}

/// Oldest first, and none from the future.
template <class Driver, class Sample>
void check_times(Driver& t, const std::vector<Sample>& samples) {
  CHECK(std::ranges::is_sorted(samples, {}, &Sample::at));
  for (const auto& sample : samples) CHECK(sample.at <= t.now().ticks);
}

/// `act` makes `count` samples.
template <class Driver, class Sample>
void check_descriptor(Driver& t, auto act, std::size_t count, std::vector<Sample> out = {}) {
  const int fd = t.source->fd();
  REQUIRE(fd >= 0);
  act();
  CHECK(readable(fd, patience));
  gather(t, count, out);
  CHECK(out.size() == count);
  CHECK(t.source->fd() == fd);
  CHECK_FALSE(readable(fd));

  act();
  CHECK(readable(fd, patience));
  t.source.reset();
  CHECK(::fcntl(fd, F_GETFD) == -1);
}

/// The driver's `lose()` has done as a display server does that goes away.
template <class Sample, class Driver>
void check_lost(Driver& t) {
  CHECK(readable(t.source->fd(), patience));
  std::vector<Sample> out;
  const auto first = t.source->drain(t.now(), out);
  REQUIRE_FALSE(first.has_value());
  CHECK(first.error().code == ErrorCode::unavailable);
  CHECK_FALSE(first.error().message.empty());
  CHECK_FALSE(t.source->drain(t.now(), out).has_value());
}

}  // namespace activitytrack::test
