#pragma once

#include "core/file.hpp"

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <span>

namespace activitytrack::load {

/// Set by SIGINT and SIGTERM: whatever runs ends as if its time were over.
inline volatile std::sig_atomic_t interrupted = 0;

/// Waits for connections and for moments, to the nanosecond.
class Poller {
 public:
  Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

  int fd() const { return epoll_.get(); }

  /// Those with an event, at the latest at `until`. The span lives until the next call.
  std::span<const epoll_event> wait(std::chrono::steady_clock::time_point until) {
    const auto left = until - std::chrono::steady_clock::now();
    const std::int64_t ns = left.count() > 0 ? left.count() : 0;
    const timespec timeout{ns / 1'000'000'000, ns % 1'000'000'000};
    const int count = ::epoll_pwait2(epoll_.get(), events_.data(), static_cast<int>(events_.size()), &timeout, nullptr);
    return {events_.data(), static_cast<std::size_t>(count > 0 ? count : 0)};
  }

 private:
  UniqueFd epoll_;
  std::array<epoll_event, 256> events_{};
};

}  // namespace activitytrack::load
