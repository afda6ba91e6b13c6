#include "screen/blur_lines.hpp"

#include "screen/vectors.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <utility>

namespace activitytrack {
namespace {

/// sums / width, rounded, for widths below 128: exact, in 16 bits. Sums are scaled up so far that the shift
/// at the end is the same for all widths; the high half of a product in an array of its own is what gcc makes
/// one instruction.
struct NarrowMean {
  using Sum = std::uint16_t;

  explicit NarrowMean(unsigned width) : half(static_cast<Sum>(width / 2)) {
    const int bits = static_cast<int>(std::bit_width(width)) - 1;
    scale = static_cast<Sum>(1U << (7 - bits));
    factor = static_cast<Sum>(((1U << (16 + bits)) + width - 1) / width);
  }
  [[gnu::always_inline]] void operator()(const Sum* __restrict sums, std::uint8_t* __restrict to) const noexcept {
    Sum high[line_bytes];
    for (int i = 0; i < line_bytes; ++i) {
      const auto n = static_cast<Sum>((sums[i] + half) * scale);
      high[i] = static_cast<Sum>((std::uint32_t{n} * factor) >> 16);
    }
    for (int i = 0; i < line_bytes; ++i) to[i] = static_cast<std::uint8_t>(high[i] >> 7);
  }

  Sum half;
  Sum scale;
  Sum factor;
};

/// The same for widths below 4096.
struct WideMean {
  using Sum = std::uint32_t;

  explicit WideMean(unsigned width) : half(width / 2), factor(((std::uint64_t{1} << 32) + width - 1) / width) {}
  [[gnu::always_inline]] void operator()(const Sum* __restrict sums, std::uint8_t* __restrict to) const noexcept {
    for (int i = 0; i < line_bytes; ++i) to[i] = static_cast<std::uint8_t>(((sums[i] + half) * factor) >> 32);
  }

  Sum half;
  std::uint64_t factor;
};

template <class Sum>
[[gnu::always_inline]] inline void slide(Sum* __restrict sums, const std::uint8_t* __restrict next,
                                         const std::uint8_t* __restrict gone) {
  for (int i = 0; i < line_bytes; ++i) sums[i] = static_cast<Sum>(sums[i] + next[i] - gone[i]);
}

/// One box filter. Inlined, so that it is compiled for the processor its caller is compiled for.
template <class Mean>
[[gnu::always_inline]] inline void box(const std::uint8_t* __restrict from, std::uint8_t* __restrict to, int count,
                                       int radius) {
  using Sum = typename Mean::Sum;
  const Mean mean(2 * static_cast<unsigned>(radius) + 1);
  const int last = count - 1;
  const int within = std::min(radius, last);
  const std::uint8_t* const end = from + std::ptrdiff_t{line_bytes} * last;
  alignas(64) Sum sums[line_bytes];
  for (int i = 0; i < line_bytes; ++i) {
    sums[i] = static_cast<Sum>(from[i] * (radius + 1) + end[i] * (radius - within));
  }
  for (int y = 1; y <= within; ++y) {
    const std::uint8_t* const line = from + std::ptrdiff_t{line_bytes} * y;
    for (int i = 0; i < line_bytes; ++i) sums[i] = static_cast<Sum>(sums[i] + line[i]);
  }
  for (int y = 0; y < count; ++y, to += line_bytes) {
    mean(sums, to);
    slide(sums, from + std::ptrdiff_t{line_bytes} * std::min(y + radius + 1, last),
          from + std::ptrdiff_t{line_bytes} * std::max(y - radius, 0));
    asm volatile("");  // else gcc 12 joins two lines into one loop, which it then makes no vectors of
  }
}

ACTIVITYTRACK_VECTORS void narrow_box(const std::uint8_t* __restrict from, std::uint8_t* __restrict to, int count,
                                      int radius) {
  box<NarrowMean>(from, to, count, radius);
}

ACTIVITYTRACK_VECTORS void wide_box(const std::uint8_t* __restrict from, std::uint8_t* __restrict to, int count,
                                    int radius) {
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
