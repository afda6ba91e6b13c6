#pragma once

#include <algorithm>
#include <chrono>

namespace activitytrack {

/// When a request as a whole has to be over, and each phase of it by its own limit.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Deadline(std::chrono::milliseconds total) : end_(Clock::now() + total) {}
  Clock::time_point within(std::chrono::milliseconds phase) const { return std::min(end_, Clock::now() + phase); }

 private:
  Clock::time_point end_;
};

}  // namespace activitytrack
