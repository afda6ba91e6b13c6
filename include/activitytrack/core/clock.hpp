#pragma once

#include <activitytrack/core/result.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace activitytrack {

/// A point in UTC. Microseconds hold every year this project accepts (1970 to 2199) in 64 bits.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// A point on the machine's monotonic clock (CLOCK_MONOTONIC): it never steps, and it stands still while the machine
/// sleeps. Comparable only within one boot.
using Ticks = std::chrono::time_point<std::chrono::steady_clock, std::chrono::microseconds>;

/// All clocks, read at one moment. When `wall - ticks` changes from one reading to the next, the wall clock was set or
/// the machine slept in between.
struct ClockReading {
  Time wall;
  Ticks ticks;
  std::chrono::microseconds slept{0};  ///< how long the machine has slept since it booted; 0 where that is not known
};

/// Where time comes from. Injected, so that tests and replays run in a time of their own. Implementations may be called
/// from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual ClockReading read() const noexcept = 0;

  Time now() const noexcept { return read().wall; }
};

/// The machine's own clocks. The object lives for the whole program.
Clock& system_clock() noexcept;

/// Reads RFC 3339 ("2024-01-15T10:30:00Z", any offset, up to 6 digits of fraction, more are cut off), and what is as
/// clear: no seconds, offsets "+0100", "+01", "UTC" and "GMT", a space before them, a comma in the fraction. Accepts
/// 1970-01-01 up to, not including, 2200-01-01. A leap second (":60") reads as the next second.
Result<Time> parse_timestamp(std::string_view text);

/// RFC 3339 in UTC with "Z": no fraction for whole seconds, else 3 or 6 digits.
std::string format_timestamp(Time time);

/// The same instant on a clock `offset_min` minutes east of Greenwich: "2024-01-15T11:30:00+01:00".
std::string format_timestamp(Time time, int offset_min);

}  // namespace activitytrack
