#include <activitytrack/screen/perceptual_hash.hpp>

#include <algorithm>
#include <bit>

namespace activitytrack {
namespace {

constexpr int columns = 17;
constexpr int rows = 16;

/// Where cell i of `count` along a side begins and ends; at least one pixel.
struct Span {
  Span(int i, int count, int side)
      : begin(static_cast<int>(std::int64_t{i} * side / count)),
        end(std::max(begin + 1, static_cast<int>((std::int64_t{i} + 1) * side / count))) {}
  int begin;
  int end;
};

/// Of some pixels side by side, times 256.
std::uint64_t brightness(const std::uint8_t* pixel, int count) {
  std::uint64_t blue = 0, green = 0, red = 0;
  for (int i = 0; i < count; ++i) {
    blue += pixel[4 * i];
    green += pixel[4 * i + 1];
    red += pixel[4 * i + 2];
  }
  return 29 * blue + 150 * green + 77 * red;
}

int mean_brightness(ImageView image, Span across, Span down) {
  std::uint64_t sum = 0;
  for (int y = down.begin; y < down.end; ++y) {
    sum += brightness(image.row(y) + 4 * across.begin, across.end - across.begin);
  }
  const auto count = std::uint64_t(across.end - across.begin) * std::uint64_t(down.end - down.begin);
  return static_cast<int>(sum / (256 * count));
}

}  // namespace

PerceptualHash perceptual_hash(ImageView image) {
  PerceptualHash hash{};
  if (image.width <= 0 || image.height <= 0) return hash;
  std::size_t bit = 0;
  for (int y = 0; y < rows; ++y) {
    const Span down(y, rows, image.height);
    int left = mean_brightness(image, Span(0, columns, image.width), down);
    for (int x = 1; x < columns; ++x, ++bit) {
      const int right = mean_brightness(image, Span(x, columns, image.width), down);
      hash[bit / 64] |= std::uint64_t{right > left} << (bit % 64);
      left = right;
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
