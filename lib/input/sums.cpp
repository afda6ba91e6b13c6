#include "input/sums.hpp"

#include <algorithm>

namespace activitytrack {
namespace {

/// Below this, what is left of a variance is rounding.
constexpr float least_variance = 1e-6F;

}  // namespace

float Moments::deviation() const noexcept {
  if (n < 1.5F) return not_known;
  const float m = s / n;
  return std::sqrt(std::max(0.0F, q / n - m * m));
}

float Moments::skewness() const noexcept {
  if (n < 5) return not_known;
  const float m = s / n;
  const float sd = std::sqrt(std::max(q / n - m * m, 1e-4F));
  return (c / n - 3 * m * q / n + 2 * m * m * m) / (sd * sd * sd);
}

float Pairs::correlation() const noexcept {
  if (n < 5) return not_known;
  const float vx = xx / n - x / n * (x / n), vy = yy / n - y / n * (y / n);
  if (vx < least_variance || vy < least_variance) return 0;
  return std::clamp((xy / n - x / n * (y / n)) / std::sqrt(vx * vy), -1.0F, 1.0F);
}

void Sums::decay_and_add(float factor, const Sums& other, float weight) noexcept {
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

}  // namespace activitytrack
