#include "screen/blur_lines.hpp"

#include "screen/vectors.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <utility>

namespace activitytrack {
namespace {

/// sum / width, rounded, for widths below 128: exact, by one multiplication of 16 bits.
struct NarrowMean {
  using Sum = std::uint16_t;

  explicit NarrowMean(unsigned width) : half(static_cast<Sum>(width / 2)), shift(std::bit_width(width) - 1) {
    factor = static_cast<std::uint16_t>(((1U << (16 + shift)) + width - 1) / width);
  }
  std::uint8_t operator()(Sum sum) const noexcept {
    const auto n = static_cast<std::uint16_t>(sum + half);
    return static_cast<std::uint8_t>(static_cast<std::uint16_t>((std::uint32_t{n} * factor) >> 16) >> shift);
  }

  Sum half;
  int shift;
  std::uint16_t factor;
};

/// The same for widths below 4096.
struct WideMean {
  using Sum = std::uint32_t;

  explicit WideMean(unsigned width)
      : half(width / 2), factor(((std::uint64_t{1} << 32) + width - 1) / width) {}
  std::uint8_t operator()(Sum sum) const noexcept {
    return static_cast<std::uint8_t>(((sum + half) * factor) >> 32);
  }

  Sum half;
  std::uint64_t factor;
};

/// One box filter. Inlined, so that it is compiled for the processor its caller is compiled for.
template <class Mean>
[[gnu::always_inline]] inline void box(const std::uint8_t* from, std::uint8_t* to, int count, int radius) {
  using Sum = typename Mean::Sum;
  const Mean mean(2 * static_cast<unsigned>(radius) + 1);
  const auto line = [from](int i) { return from + std::ptrdiff_t{line_bytes} * i; };
  const int last = count - 1;
  const int within = std::min(radius, last);
  alignas(64) Sum sums[line_bytes];
  for (int i = 0; i < line_bytes; ++i) {
    sums[i] = static_cast<Sum>(line(0)[i] * (radius + 1) + line(last)[i] * (radius - within));
  }
  for (int y = 1; y <= within; ++y) {
    for (int i = 0; i < line_bytes; ++i) sums[i] = static_cast<Sum>(sums[i] + line(y)[i]);
  }
  for (int y = 0; y < count; ++y, to += line_bytes) {
    const std::uint8_t* const next = line(std::min(y + radius + 1, last));
    const std::uint8_t* const gone = line(std::max(y - radius, 0));
    for (int i = 0; i < line_bytes; ++i) {
      to[i] = mean(sums[i]);
      sums[i] = static_cast<Sum>(sums[i] + next[i] - gone[i]);
    }
  }
}

ACTIVITYTRACK_VECTORS void narrow_box(const std::uint8_t* __restrict from, std::uint8_t* __restrict to,
                                      int count, int radius) {
  box<NarrowMean>(from, to, count, radius);
}

ACTIVITYTRACK_VECTORS void wide_box(const std::uint8_t* __restrict from, std::uint8_t* __restrict to,
                                    int count, int radius) {
  box<WideMean>(from, to, count, radius);
}

constexpr int max_narrow_radius = 63;

}  // namespace

BoxRadii box_radii(double sigma) noexcept {
  const double variance = sigma * sigma;
  int narrow = static_cast<int>(std::sqrt(4 * variance + 1));
  if (narrow % 2 == 0) --narrow;
  // How many are to be narrow so that the variance comes closest; in doubt fewer, which blurs more.
  const double narrow_count = (12 * variance - 3 * narrow * narrow - 12 * narrow - 9) / (-4.0 * narrow - 4);
  const int count = static_cast<int>(std::ceil(narrow_count - 0.5));
  BoxRadii radii{};
  for (int i = 0; i < 3; ++i) radii[static_cast<std::size_t>(i)] = (i < count ? narrow : narrow + 2) / 2;
  return radii;
}

std::uint8_t* blur_lines(std::uint8_t* lines, std::uint8_t* scratch, int count, const BoxRadii& radii) {
  for (const int radius : radii) {
    if (radius == 0) continue;
    (radius <= max_narrow_radius ? narrow_box : wide_box)(lines, scratch, count, radius);
    std::swap(lines, scratch);
  }
  return lines;
}

}  // namespace activitytrack
