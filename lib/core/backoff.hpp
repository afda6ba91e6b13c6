#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace activitytrack {

/// How long to wait before the next try: exponential back-off with full jitter, a uniform draw from [0, min(cap, base *
/// 2^failures)], so that agents which lost their server together do not come back together. Source: M. Brooker,
/// "Exponential Backoff And Jitter", AWS Architecture Blog, 2015. It depends only on its seed and its calls.
class Backoff {
 public:
  explicit Backoff(std::uint64_t seed, std::chrono::milliseconds base = std::chrono::seconds(2),
                   std::chrono::milliseconds cap = std::chrono::minutes(5))
      : random_(seed), base_(base), cap_(cap) {}

  /// After a failure. `retry_after`, what the server asked for, is a lower bound (up to an hour); the jitter is added
  /// to it.
  std::chrono::milliseconds failed(std::optional<std::chrono::seconds> retry_after = std::nullopt) {
    using namespace std::chrono;
    milliseconds ceiling = base_;
    for (int i = 0; i < failures_ && ceiling < cap_; ++i) ceiling *= 2;
    ++failures_;
    const seconds asked = std::clamp(retry_after.value_or(seconds(0)), seconds(0), seconds(hours(1)));
    std::uniform_int_distribution<milliseconds::rep> draw(0, std::min(ceiling, cap_).count());
    return asked + milliseconds(draw(random_));
  }

  void succeeded() noexcept { failures_ = 0; }
  int failures() const noexcept { return failures_; }

 private:
  std::mt19937_64 random_;
  std::chrono::milliseconds base_, cap_;
  int failures_ = 0;
};

}  // namespace activitytrack
