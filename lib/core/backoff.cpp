#include "core/backoff.hpp"

#include <algorithm>

namespace activitytrack {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr seconds longest_retry_after = std::chrono::hours(1);

/// min(cap, base * 2^failures), without overflow.
milliseconds ceiling(milliseconds base, milliseconds cap, int failures) {
  milliseconds wait = base;
  for (int i = 0; i < failures && wait < cap; ++i) wait *= 2;
  return std::min(wait, cap);
}

}  // namespace

Backoff::Backoff(std::uint64_t seed, milliseconds base, milliseconds cap) : random_(seed), base_(base), cap_(cap) {}

milliseconds Backoff::failed(std::optional<seconds> retry_after) {
  std::uniform_int_distribution<milliseconds::rep> draw(0, ceiling(base_, cap_, failures_).count());
  ++failures_;
  const seconds asked = std::clamp(retry_after.value_or(seconds(0)), seconds(0), longest_retry_after);
  return asked + milliseconds(draw(random_));
}

}  // namespace activitytrack
