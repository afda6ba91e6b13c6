#include "screen/picture.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace activitytrack {
namespace {

constexpr int cell = 4;
constexpr int cells_at_once = 64;

/// Up to 64 whole cells that lie side by side: rows are added up first, four colours of 16 bits a pixel, then pixels.
ACTIVITYTRACK_VECTORS void reduce_whole(const std::uint8_t* __restrict from, std::ptrdiff_t stride, int cells,
                                        std::uint8_t* __restrict into) {
  std::array<std::uint16_t, cells_at_once * cell * 4> columns;
  for (int i = 0; i < cells * cell * 4; ++i) {
    columns[i] = static_cast<std::uint16_t>(from[i] + from[stride + i] + from[2 * stride + i] + from[3 * stride + i]);
  }
  for (int i = 0; i < cells; ++i) {
    const std::uint16_t* const sums = &columns[16 * i];
    for (int c = 0; c < 4; ++c) {
      into[4 * i + c] = static_cast<std::uint8_t>((sums[c] + sums[4 + c] + sums[8 + c] + sums[12 + c] + 8) >> 4);
    }
  }
}

/// What is left of a cell at an edge.
void reduce_part(ConstImageView from, int left, int top, std::uint8_t* into) {
  const int right = std::min(left + cell, from.width);
  const int bottom = std::min(top + cell, from.height);
  std::array<int, 4> sums{};
  for (int y = top; y < bottom; ++y) {
    for (int i = 4 * left; i < 4 * right; ++i) sums[i % 4] += from.row(y)[i];
  }
  const int count = (right - left) * (bottom - top);
  for (int c = 0; c < 4; ++c) into[c] = static_cast<std::uint8_t>((sums[c] + count / 2) / count);
}

/// Weights are eighths: of `factor` new pixels between two old ones, number k is so near to the later one.
constexpr int weight(int factor, int k) noexcept { return 4 * (2 * k + 1) / factor; }

/// A plane of the small picture, with a copy of the first and of the last value at the ends of each row.
class SmallPlane {
 public:
  SmallPlane(int width, int height)
      : width_(width), height_(height), bytes_(pitch() * static_cast<std::size_t>(height)) {}

  int width() const noexcept { return width_; }
  std::uint8_t* values(int y) noexcept { return padded(y) + 1; }
  const std::uint8_t* padded(int y) const noexcept {
    return bytes_.data() + pitch() * static_cast<std::size_t>(std::clamp(y, 0, height_ - 1));
  }
  void pad(int y) noexcept {
    std::uint8_t* const row = padded(y);
    row[0] = row[1];
    row[width_ + 1] = row[width_];
  }

 private:
  std::size_t pitch() const noexcept { return static_cast<std::size_t>(width_) + 2; }
  std::uint8_t* padded(int y) noexcept { return bytes_.data() + pitch() * static_cast<std::size_t>(y); }

  int width_;
  int height_;
  std::vector<std::uint8_t, ErasingAllocator<std::uint8_t>> bytes_;
};

/// The colours of JFIF (ITU-R BT.601, whole range), in 65,536ths.
ACTIVITYTRACK_VECTORS void convert_row(const std::uint8_t* __restrict pixels, int count, std::uint8_t* __restrict luma,
                                       std::uint8_t* __restrict blue, std::uint8_t* __restrict red) {
  constexpr int half = 1 << 15;
  constexpr int middle = (128 << 16) + half - 1;
  for (int i = 0; i < count; ++i) {
    const int b = pixels[4 * i], g = pixels[4 * i + 1], r = pixels[4 * i + 2];
    luma[i] = static_cast<std::uint8_t>((19'595 * r + 38'470 * g + 7'471 * b + half) >> 16);
    blue[i] = static_cast<std::uint8_t>((-11'059 * r - 21'709 * g + 32'768 * b + middle) >> 16);
    red[i] = static_cast<std::uint8_t>((32'768 * r - 27'439 * g - 5'329 * b + middle) >> 16);
  }
}

/// The values between each two of `count` + 1, eight times as large.
template <int factor>
[[gnu::always_inline]] inline void widen(const std::uint8_t* from, int count, std::uint16_t* into) {
  for (int i = 0; i < count; ++i) {
    for (int k = 0; k < factor; ++k) {
      constexpr int whole = 8;
      const int later = weight(factor, k);
      into[factor * i + k] = static_cast<std::uint16_t>(from[i] * (whole - later) + from[i + 1] * later);
    }
  }
}

ACTIVITYTRACK_VECTORS void widen_by_4(const std::uint8_t* __restrict from, int count, std::uint16_t* __restrict into) {
  widen<4>(from, count, into);
}

ACTIVITYTRACK_VECTORS void widen_by_2(const std::uint8_t* __restrict from, int count, std::uint16_t* __restrict into) {
  widen<2>(from, count, into);
}

/// A row between two wide ones.
ACTIVITYTRACK_VECTORS void mix(const std::uint16_t* __restrict above, const std::uint16_t* __restrict below, int later,
                               int count, std::uint8_t* __restrict into) {
  const auto near = static_cast<std::uint16_t>(8 - later);
  const auto far = static_cast<std::uint16_t>(later);
  for (int i = 0; i < count; ++i) {
    const auto sum = static_cast<std::uint16_t>(above[i] * near + below[i] * far + 32);
    into[i] = static_cast<std::uint8_t>(sum >> 6);
  }
}

/// Row y of `into` is above or below the middle of the old row y / factor; so is column x.
void enlarge_plane(const SmallPlane& from, int across, int down, std::uint8_t* into, int width, int height) {
  const auto wide_size = static_cast<std::size_t>(across) * (static_cast<std::size_t>(from.width()) + 1);
  std::vector<std::uint16_t> above(wide_size), below(wide_size);
  const auto widen_row = across == 4 ? widen_by_4 : widen_by_2;
  widen_row(from.padded(0), from.width() + 1, below.data());
  for (int next = 0, y = -down / 2; y < height; ++next) {
    std::swap(above, below);
    widen_row(from.padded(next), from.width() + 1, below.data());
    for (int k = 0; k < down; ++k, ++y) {
      if (y < 0 || y >= height) continue;
      std::uint8_t* const row = into + static_cast<std::size_t>(width) * static_cast<std::size_t>(y);
      mix(above.data() + across / 2, below.data() + across / 2, weight(down, k), width, row);
    }
  }
}

}  // namespace

void reduce_to_quarter(ConstImageView from, ImageView into) {
  for (int y = 0; y < into.height; ++y) {
    const int top = cell * y;
    const int whole = top + cell <= from.height ? from.width / cell : 0;
    for (int x = 0; x < whole; x += cells_at_once) {
      reduce_whole(from.row(top) + 4 * cell * x, from.stride, std::min(cells_at_once, whole - x), into.row(y) + 4 * x);
    }
    for (int x = whole; x < into.width; ++x) reduce_part(from, cell * x, top, into.row(y) + 4 * x);
  }
}

JpegPlanes enlarge_quarter(ConstImageView quarter, int width, int height, DevelopOptions::Subsampling subsampling) {
  std::vector<SmallPlane> small(3, SmallPlane(quarter.width, quarter.height));
  for (int y = 0; y < quarter.height; ++y) {
    convert_row(quarter.row(y), quarter.width, small[0].values(y), small[1].values(y), small[2].values(y));
    for (SmallPlane& plane : small) plane.pad(y);
  }
  JpegPlanes large(width, height, subsampling);
  for (std::size_t i = 0; i < 3; ++i) {
    const bool coarse = i > 0;
    const int across = coarse && subsampling != DevelopOptions::Subsampling::none ? 2 : 4;
    const int down = coarse && subsampling == DevelopOptions::Subsampling::quarter ? 2 : 4;
    enlarge_plane(small[i], across, down, large.planes[i], large.widths[i], large.heights[i]);
  }
  return large;
}

}  // namespace activitytrack
