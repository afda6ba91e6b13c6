#include "screen/picture.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <vector>

namespace activitytrack {
namespace {

constexpr int hash_columns = 17;
constexpr int hash_rows = 16;

/// Where cell i of `count` along a side begins and ends; at least one pixel.
struct Span {
  Span(int i, int count, int side)
      : begin(static_cast<int>(std::int64_t{i} * side / count)),
        end(std::max(begin + 1, static_cast<int>((std::int64_t{i} + 1) * side / count))) {}
  int begin;
  int end;
};

/// Adds a row's brightness, times 256, to that of its columns.
ACTIVITYTRACK_VECTORS void add_brightness(const std::uint8_t* __restrict pixel, int count,
                                          std::uint32_t* __restrict sums) {
  for (int i = 0; i < count; ++i) {
    sums[i] += 29U * pixel[4 * i] + 150U * pixel[4 * i + 1] + 77U * pixel[4 * i + 2];
  }
}

/// The mean brightness of the cells side by side between two rows.
std::array<int, hash_columns> brightness(ConstImageView image, Span down, std::vector<std::uint32_t>& sums) {
  std::ranges::fill(sums, 0);
  for (int y = down.begin; y < down.end; ++y) add_brightness(image.row(y), image.width, sums.data());
  std::array<int, hash_columns> means{};
  for (int i = 0; i < hash_columns; ++i) {
    const Span across(i, hash_columns, image.width);
    const auto sum = std::accumulate(&sums[0] + across.begin, &sums[0] + across.end, std::uint64_t{0});
    const auto count = std::uint64_t(across.end - across.begin) * std::uint64_t(down.end - down.begin);
    means[static_cast<std::size_t>(i)] = static_cast<int>(sum / (256 * count));
  }
  return means;
}

}  // namespace

PerceptualHash perceptual_hash(ConstImageView image) {
  PerceptualHash hash{};
  if (image.width <= 0 || image.height <= 0) return hash;
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(image.width));
  std::size_t bit = 0;
  for (int y = 0; y < hash_rows; ++y) {
    const auto means = brightness(image, Span(y, hash_rows, image.height), sums);
    for (std::size_t x = 1; x < hash_columns; ++x, ++bit) {
      hash[bit / 64] |= std::uint64_t{means[x] > means[x - 1]} << (bit % 64);
    }
  }
  return hash;
}

int hash_distance(const PerceptualHash& a, const PerceptualHash& b) noexcept {
  int distance = 0;
  for (std::size_t i = 0; i < a.size(); ++i) distance += std::popcount(a[i] ^ b[i]);
  return distance;
}

}  // namespace activitytrack
