#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <cerrno>
#include <system_error>

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

/// An epoll set, readable itself when one of its members is.
class WaitSet {
 public:
  WaitSet() : fd_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  }
  ~WaitSet() { ::close(fd_); }
  WaitSet(const WaitSet&) = delete;
  WaitSet& operator=(const WaitSet&) = delete;

  int fd() const { return fd_; }

  /// -1 is passed over, as a source without a descriptor gives it.
  void add(int member) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = member;
    if (member >= 0) ::epoll_ctl(fd_, EPOLL_CTL_ADD, member, &event);
  }
  void remove(int member) {
    if (member >= 0) ::epoll_ctl(fd_, EPOLL_CTL_DEL, member, nullptr);
  }

 private:
  int fd_;
};

/// Whether `fd` has something to read now; false for -1.
inline bool readable(int fd) {
  pollfd one{fd, POLLIN, 0};
  return fd >= 0 && ::poll(&one, 1, 0) == 1;
}

}  // namespace activitytrack
