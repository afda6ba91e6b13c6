#pragma once

#include <chrono>

namespace activitytrack {

/// A point in UTC. Microseconds hold every year this project accepts (1970 to 2199) in 64 bits.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// A point on the machine's monotonic clock (CLOCK_MONOTONIC): it never steps, and it stands still
/// while the machine sleeps. Comparable only within one boot.
using Ticks = std::chrono::time_point<std::chrono::steady_clock, std::chrono::microseconds>;

/// Both clocks, read at one moment. When `wall - ticks` changes from one reading to the next, the wall
/// clock was set or the machine slept in between.
struct ClockReading {
  Time wall;
  Ticks ticks;
};

/// Where time comes from. Injected, so that tests and replays run in a time of their own.
/// Implementations may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual ClockReading read() const noexcept = 0;

  Time now() const noexcept { return read().wall; }
};

/// The machine's own clocks. The object lives for the whole program.
Clock& system_clock() noexcept;

}  // namespace activitytrack
