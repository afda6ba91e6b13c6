#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace activitytrack {

/// The times between things of one kind, and whether they stay the same.
class Beat {
 public:
  struct Gap {
    float ms = 0;
    bool after_gap = false;  ///< there is one before it to compare with
    bool same = false;       ///< as long as that
  };

  /// A thing happened. The gap is 0 at the first, and after more than `longest_us`.
  Gap strike(std::int64_t us, float tolerance_ms) noexcept {
    const std::int64_t since = us - last_us_;
    const bool first = !struck_ || since > longest_us;
    struck_ = true, last_us_ = us;
    if (first) return before_ms_ = 0, Gap{};
    Gap gap{.ms = std::max(float(since) / 1e3F, 0.01F), .after_gap = before_ms_ > 0};
    gap.same = gap.after_gap && std::abs(gap.ms - before_ms_) <= tolerance_ms + 0.02F * gap.ms;
    before_ms_ = gap.ms;
    return gap;
  }

 private:
  static constexpr std::int64_t longest_us = 300'000'000;

  std::int64_t last_us_ = 0;
  float before_ms_ = 0;
  bool struck_ = false;
};

}  // namespace activitytrack
