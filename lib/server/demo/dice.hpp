#pragma once

#include <cstdint>
#include <random>

namespace activitytrack::server {

/// Chance that comes out the same on every machine, by its seed. The standard's distributions would not.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// In [0, 1).
  double unit() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }

  double between(double low, double high) { return low + (high - low) * unit(); }

  /// Both ends are possible.
  int whole(int low, int high) { return low + static_cast<int>(unit() * (high - low + 1)); }

  bool chance(double likely) { return unit() < likely; }

  /// A whole number whose mean is `mean`.
  std::int64_t about(double mean) {
    const auto below = static_cast<std::int64_t>(mean);
    return below + (chance(mean - static_cast<double>(below)) ? 1 : 0);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace activitytrack::server
