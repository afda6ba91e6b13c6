#include "agent/waits.hpp"

#include <sys/timerfd.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace activitytrack {

Timer::Timer(Base base)
    : fd_(::timerfd_create(base == Base::wall ? CLOCK_REALTIME : CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
}

Timer::~Timer() { ::close(fd_); }

void Timer::arm(std::chrono::microseconds at, int flags) noexcept {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  itimerspec spec{};
  spec.it_value.tv_sec = seconds.count();
  spec.it_value.tv_nsec = std::chrono::nanoseconds(at - seconds).count();
  ::timerfd_settime(fd_, flags, &spec, nullptr);
}

// Without CANCEL_ON_SET a step of the clock, or a suspend, would be noticed only when the interval ends.
void Timer::set(Time at) noexcept { arm(at.time_since_epoch(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET); }

void Timer::set(Ticks at) noexcept {
  // A time of zero would disarm it.
  arm(std::max(at.time_since_epoch(), std::chrono::microseconds(1)), TFD_TIMER_ABSTIME);
}

void Timer::clear() noexcept {
  const itimerspec never{};
  ::timerfd_settime(fd_, 0, &never, nullptr);
}

void Timer::acknowledge() noexcept {
  std::uint64_t expirations;
  [[maybe_unused]] const auto n = ::read(fd_, &expirations, sizeof expirations);  // ECANCELED: the clock was set
}

}  // namespace activitytrack
