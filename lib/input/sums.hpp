#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace activitytrack {

/// "Not enough to measure".
inline constexpr float not_known = std::numeric_limits<float>::quiet_NaN();

/// What is needed of numbers to compute their mean, spread and skewness. Only sums, so that they add up and
/// decay.
struct Moments {
  float n = 0, s = 0, q = 0, c = 0;

  void add(float v) noexcept { n += 1, s += v, q += v * v, c += v * v * v; }
  float mean() const noexcept { return n > 0 ? s / n : not_known; }

  /// Standard deviation; from 2 on.
  float deviation() const noexcept {
    if (n < 1.5F) return not_known;
    const float m = s / n;
    return std::sqrt(std::max(0.0F, q / n - m * m));
  }

  /// From 5 on.
  float skewness() const noexcept {
    if (n < 5) return not_known;
    const float m = s / n;
    const float sd = std::sqrt(std::max(q / n - m * m, 1e-4F));
    return (c / n - 3 * m * q / n + 2 * m * m * m) / (sd * sd * sd);
  }
};

/// Likewise of pairs.
struct Pairs {
  float n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;

  void add(float a, float b) noexcept { n += 1, x += a, y += b, xx += a * a, yy += b * b, xy += a * b; }

  /// From 5 on.
  float correlation() const noexcept {
    if (n < 5) return not_known;
    constexpr float least_variance = 1e-6F;  // below this, what is left of a variance is rounding
    const float vx = xx / n - x / n * (x / n), vy = yy / n - y / n * (y / n);
    if (vx < least_variance || vy < least_variance) return 0;
    return std::clamp((xy / n - x / n * (y / n)) / std::sqrt(vx * vy), -1.0F, 1.0F);
  }
};

// clang-format off
enum class Count : std::uint8_t {
  atoms, explained,  // strokes, clicks, turns of the wheel and keys; those of them that go on a pattern
  strokes, path, cut, lone, tiny, still, jump, closed, back, again, same_size,
  repeatable, repeated, repeated_in_period, gaps, same_gap, big, line, steady,
  clicks, unmoved, click_gaps, same_click_gap, instant_click, drags,
  notches, notch_gaps, same_notch_gap, flips,
  keys, rolled, rolled_twice, nested, key_gaps, same_key_gap, key_pauses, same_key_pause, fast_keys, rhythm,
  rhythm_repeated, quick, quick_rolled, slow, slow_rolled, gap_of_mean, gap_far, hold_of_mean, hold_far,
  holds, same_hold, instant_hold,
  flights, flight_deep, flight_under, flight_around, flight_short, flight_middle, flight_long,
  count_
};

enum class Spread : std::uint8_t {
  gap, jerk, deviation, straightness, peak, empty, peak_speed, duration, length, speed_variation,
  turn, turn_change, speed_change, dips, end_speed, start_speed, extent,
  click_gap, click_hold, settle, notch_gap,
  key_gap, key_pause, key_gap_change, key_speed, key_hold, rolled_hold, hold_change, burst,
  count_
};
enum class Joint : std::uint8_t {
  length_duration, stroke_gap, key_gap, key_gap_after_next, key_hold, hold_gap, own_gap_hold,
  count_
};
// clang-format on

/// What a stretch of input adds up to.
struct Sums {
  std::array<float, std::size_t(Count::count_)> counts{};
  std::array<Moments, std::size_t(Spread::count_)> spreads{};
  std::array<Pairs, std::size_t(Joint::count_)> joints{};

  void add(Count c, float amount = 1) noexcept { counts[std::size_t(c)] += amount; }
  void add(Spread s, float value) noexcept { spreads[std::size_t(s)].add(value); }
  void set(Spread s, float value) noexcept { spreads[std::size_t(s)] = {}, add(s, value); }
  void add(Joint j, float a, float b) noexcept { joints[std::size_t(j)].add(a, b); }

  float operator[](Count c) const noexcept { return counts[std::size_t(c)]; }
  const Moments& operator[](Spread s) const noexcept { return spreads[std::size_t(s)]; }
  const Pairs& operator[](Joint j) const noexcept { return joints[std::size_t(j)]; }

  /// NaN where there is nothing of `whole`.
  float share(Count part, Count whole) const noexcept {
    return (*this)[whole] > 0 ? (*this)[part] / (*this)[whole] : not_known;
  }

  /// this = this * factor + other * weight
  void decay_and_add(float factor, const Sums& other, float weight = 1) noexcept {
    const auto add = [=](float& into, float more) { into = into * factor + more * weight; };
    for (std::size_t i = 0; i < counts.size(); ++i) add(counts[i], other.counts[i]);
    for (std::size_t i = 0; i < spreads.size(); ++i) {
      Moments& a = spreads[i];
      const Moments& b = other.spreads[i];
      add(a.n, b.n), add(a.s, b.s), add(a.q, b.q), add(a.c, b.c);
    }
    for (std::size_t i = 0; i < joints.size(); ++i) {
      Pairs& a = joints[i];
      const Pairs& b = other.joints[i];
      add(a.n, b.n), add(a.x, b.x), add(a.y, b.y), add(a.xx, b.xx), add(a.yy, b.yy), add(a.xy, b.xy);
    }
  }
};

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
