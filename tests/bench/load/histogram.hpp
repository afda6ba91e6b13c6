#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace activitytrack::load {

/// Counts of durations in microseconds, each kept to within 1 %.
class Histogram {
 public:
  void add(std::uint64_t us) {
    ++counts_[index(us)];
    ++total_;
    max_ = std::max(max_, us);
  }

  std::uint64_t total() const { return total_; }
  std::uint64_t max() const { return max_; }

  /// The duration that `share` (0 to 1) of all do not exceed; 0 when there are none.
  std::uint64_t at(double share) const {
    const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(total_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > wanted || (seen == total_ && total_ > 0)) return std::min(greatest(i), max_);
    }
    return 0;
  }

 private:
  static constexpr int precision_bits = 7;

  /// The first 128 stand for themselves; then 64 for each power of two.
  static std::size_t index(std::uint64_t us) {
    const int shift = std::max(0, static_cast<int>(std::bit_width(us)) - precision_bits);
    return std::min<std::size_t>((static_cast<std::size_t>(shift) << (precision_bits - 1)) + (us >> shift),
                                 std::tuple_size_v<decltype(counts_)> - 1);
  }
  static std::uint64_t greatest(std::size_t index) {
    if (index < (1U << precision_bits)) return index;
    const std::size_t shift = (index >> (precision_bits - 1)) - 1;
    return ((index - (shift << (precision_bits - 1)) + 1) << shift) - 1;
  }

  std::array<std::uint64_t, 2560> counts_{};
  std::uint64_t total_ = 0, max_ = 0;
};

}  // namespace activitytrack::load
