#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace activitytrack::server {

/// Counts values by size: buckets whose bounds double from `First` on, and one without a bound. Any thread
/// may observe and read; a reader may see a value in its bucket before it is in the sum.
template <std::uint64_t First, std::size_t Bounds>
class Histogram {
 public:
  void observe(std::uint64_t value) noexcept {
    std::size_t bucket = 0;
    while (bucket < Bounds && value > bound(bucket)) ++bucket;
    buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }

  static constexpr std::size_t bounds() { return Bounds; }
  static constexpr std::uint64_t bound(std::size_t bucket) { return First << bucket; }

  /// How many values fell in a bucket; bounds() is the one without a bound.
  std::uint64_t count(std::size_t bucket) const noexcept { return buckets_[bucket].load(std::memory_order_relaxed); }
  std::uint64_t sum() const noexcept { return sum_.load(std::memory_order_relaxed); }

 private:
  std::array<std::atomic<std::uint64_t>, Bounds + 1> buckets_{};
  std::atomic<std::uint64_t> sum_{0};
};

}  // namespace activitytrack::server
