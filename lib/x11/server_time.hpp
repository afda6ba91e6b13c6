#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include "x11/connection.hpp"

#include <cstdint>

namespace activitytrack::x11 {

/// Maps a display server's time stamps (milliseconds in 32 bits, which wrap around every 49.7 days) to
/// this machine's ticks.
class ServerTime {
 public:
  /// Asks the server for its time. Call it before events are selected on `connection`: it drops what
  /// comes before the answer.
  static Result<ServerTime> measure(const Connection& connection);

  /// From one exchange: the server's clock showed `server_ms` at some time between `before` and `after`.
  /// A server that runs on this machine's monotonic clock, as all modern ones do, is mapped exactly.
  ServerTime(Ticks before, std::uint32_t server_ms, Ticks after) noexcept;

  /// When the server's clock showed `server_ms`: the moment nearest to `now`, and never after it. If
  /// the server's clock turns out to run ahead, the mapping is moved back.
  Ticks ticks(std::uint32_t server_ms, Ticks now) noexcept;

 private:
  std::chrono::microseconds offset_;  ///< ticks less the server's time
};

}  // namespace activitytrack::x11
