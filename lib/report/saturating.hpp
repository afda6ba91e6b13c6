#pragma once

#include <cstdint>
#include <limits>

namespace activitytrack {

/// Adds to a sum that stays at its greatest value when it would pass it: what a machine claims of itself has bounds,
/// the number of its claims has none.
inline void add_to(std::int64_t& sum, std::int64_t more) noexcept {
  if (__builtin_add_overflow(sum, more, &sum)) sum = std::numeric_limits<std::int64_t>::max();
}

}  // namespace activitytrack
