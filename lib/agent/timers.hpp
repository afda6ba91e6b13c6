#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

namespace activitytrack {

/// A timerfd(2), closed with the object.
class Timer {
 public:
  enum class Base {
    wall,   ///< CLOCK_REALTIME; goes off as well when that clock was set, or the machine woke up
    steady  ///< CLOCK_MONOTONIC
  };

  explicit Timer(Base base);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Readable once the time has come.
  int fd() const noexcept { return fd_; }

  void set(Time at) noexcept;
  void set(Ticks at) noexcept;
  void clear() noexcept;

  /// Takes notice that it went off, so that `fd` is no longer readable.
  void acknowledge() noexcept;

 private:
  void arm(std::chrono::microseconds since_epoch, int flags) noexcept;
  int fd_;
};

}  // namespace activitytrack
