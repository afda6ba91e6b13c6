#include "screen/picture.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

namespace activitytrack {
namespace {

/// How many rows, or columns, are blurred side by side: bytes of a line.
constexpr int line_bytes = 64;

/// sums / width, rounded, for widths below 128: exact, in 16 bits. Sums are scaled up so far that the shift at the end
/// is the same for all widths; the high half of a product in an array of its own is what gcc makes one instruction.
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

/// `count` lines, one behind the other in memory, are filtered across: byte i of a line becomes the mean,
/// rounded, of the bytes i of the 2 * radius + 1 lines around it, three times. `lines` and `scratch` hold
/// count * line_bytes each. Returns the one of the two that has the result.
std::uint8_t* blur_lines(std::uint8_t* lines, std::uint8_t* scratch, int count, const BoxRadii& radii) {
  constexpr int max_narrow_radius = 63;
  for (const int radius : radii) {
    if (radius == 0) continue;
    (radius <= max_narrow_radius ? narrow_box : wide_box)(lines, scratch, count, radius);
    std::swap(lines, scratch);
  }
  return lines;
}

constexpr int pixel_bytes = 4;
constexpr int line_pixels = line_bytes / pixel_bytes;
constexpr double max_sigma = 1000;

/// Room for the lines of the longer side, twice.
class Lines {
 public:
  explicit Lines(int count) : size_(static_cast<std::size_t>(count) * line_bytes), bytes_(2 * size_) {}

  std::uint8_t* lines() noexcept { return bytes_.data(); }
  std::uint8_t* scratch() noexcept { return bytes_.data() + size_; }

 private:
  std::size_t size_;
  std::vector<std::uint8_t, ErasingAllocator<std::uint8_t>> bytes_;
};

/// Columns x and up to 15 more, from above to below: a line is a piece of a row.
void blur_down(ImageView image, int x, Lines& room, const BoxRadii& radii) {
  const auto bytes = static_cast<std::size_t>(pixel_bytes * std::min(line_pixels, image.width - x));
  const auto place = [&](int y) { return image.row(y) + pixel_bytes * x; };
  std::uint8_t* line = room.lines();
  for (int y = 0; y < image.height; ++y, line += line_bytes) std::memcpy(line, place(y), bytes);
  line = blur_lines(room.lines(), room.scratch(), image.height, radii);
  for (int y = 0; y < image.height; ++y, line += line_bytes) std::memcpy(place(y), line, bytes);
}

/// Rows y and up to 15 more, from left to right: a line is a piece of a column.
void blur_across(ImageView image, int y, Lines& room, const BoxRadii& radii) {
  const int rows = std::min(line_pixels, image.height - y);
  for (int r = 0; r < rows; ++r) {
    const std::uint8_t* from = image.row(y + r);
    std::uint8_t* line = room.lines() + pixel_bytes * r;
    for (int x = 0; x < image.width; ++x, line += line_bytes, from += pixel_bytes) std::memcpy(line, from, pixel_bytes);
  }
  const std::uint8_t* const blurred = blur_lines(room.lines(), room.scratch(), image.width, radii);
  for (int r = 0; r < rows; ++r) {
    const std::uint8_t* line = blurred + pixel_bytes * r;
    std::uint8_t* to = image.row(y + r);
    for (int x = 0; x < image.width; ++x, line += line_bytes, to += pixel_bytes) std::memcpy(to, line, pixel_bytes);
  }
}

constexpr int colour_count = 3;

std::array<std::uint8_t, colour_count> mean_colour(ConstImageView image, int left, int top, int right, int bottom) {
  std::array<std::uint64_t, colour_count> sums{};
  for (int y = top; y < bottom; ++y) {
    const std::uint8_t* pixel = image.row(y) + 4 * left;
    for (int x = left; x < right; ++x, pixel += 4) {
      for (std::size_t c = 0; c < colour_count; ++c) sums[c] += pixel[c];
    }
  }
  const std::uint64_t count = std::uint64_t(right - left) * std::uint64_t(bottom - top);
  std::array<std::uint8_t, colour_count> mean{};
  for (std::size_t c = 0; c < colour_count; ++c) mean[c] = static_cast<std::uint8_t>((sums[c] + count / 2) / count);
  return mean;
}

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

void gaussian_blur(ImageView image, double sigma) {
  if (!(sigma > 0) || image.width <= 0 || image.height <= 0) return;
  const BoxRadii radii = box_radii(std::min(sigma, max_sigma));
  if (radii.back() == 0) return;
  Lines room(std::max(image.width, image.height));
  for (int y = 0; y < image.height; y += line_pixels) blur_across(image, y, room, radii);
  for (int x = 0; x < image.width; x += line_pixels) blur_down(image, x, room, radii);
}

void pixelate(ImageView image, int block) {
  block = std::clamp(block, 1, std::max({image.width, image.height, 1}));
  for (int top = 0; top < image.height; top += block) {
    const int bottom = std::min(top + block, image.height);
    for (int left = 0; left < image.width; left += block) {
      const int right = std::min(left + block, image.width);
      const auto mean = mean_colour(image, left, top, right, bottom);
      for (int y = top; y < bottom; ++y) {
        std::uint8_t* pixel = image.row(y) + 4 * left;
        for (int x = left; x < right; ++x, pixel += 4) std::ranges::copy(mean, pixel);
      }
    }
  }
}

}  // namespace activitytrack
