#include <activitytrack/screen/develop.hpp>

#include "screen/vectors.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace activitytrack {
namespace {

constexpr int cell = 4;
constexpr int cells_at_once = 64;

/// Up to 64 whole cells that lie side by side: rows are added up first, four colours of 16 bits a pixel, then
/// pixels.
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
void reduce_part(ImageView from, int left, int top, std::uint8_t* into) {
  const int right = std::min(left + cell, from.width);
  const int bottom = std::min(top + cell, from.height);
  std::array<int, 4> sums{};
  for (int y = top; y < bottom; ++y) {
    for (int i = 4 * left; i < 4 * right; ++i) sums[i % 4] += from.row(y)[i];
  }
  const int count = (right - left) * (bottom - top);
  for (int c = 0; c < 4; ++c) into[c] = static_cast<std::uint8_t>((sums[c] + count / 2) / count);
}

}  // namespace

void reduce_to_quarter(ImageView from, MutableImageView into) {
  for (int y = 0; y < into.height; ++y) {
    const int top = cell * y;
    const int whole = top + cell <= from.height ? from.width / cell : 0;
    for (int x = 0; x < whole; x += cells_at_once) {
      reduce_whole(from.row(top) + 4 * cell * x, from.stride, std::min(cells_at_once, whole - x), into.row(y) + 4 * x);
    }
    for (int x = whole; x < into.width; ++x) reduce_part(from, cell * x, top, into.row(y) + 4 * x);
  }
}

}  // namespace activitytrack
