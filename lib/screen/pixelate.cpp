#include <activitytrack/screen/develop.hpp>

#include <algorithm>
#include <array>

namespace activitytrack {
namespace {

constexpr int colours = 3;

std::array<std::uint8_t, colours> mean_colour(ImageView image, int left, int top, int right, int bottom) {
  std::array<std::uint64_t, colours> sums{};
  for (int y = top; y < bottom; ++y) {
    const std::uint8_t* pixel = image.row(y) + 4 * left;
    for (int x = left; x < right; ++x, pixel += 4) {
      for (std::size_t c = 0; c < colours; ++c) sums[c] += pixel[c];
    }
  }
  const std::uint64_t count = std::uint64_t(right - left) * std::uint64_t(bottom - top);
  std::array<std::uint8_t, colours> mean{};
  for (std::size_t c = 0; c < colours; ++c) mean[c] = static_cast<std::uint8_t>((sums[c] + count / 2) / count);
  return mean;
}

}  // namespace

void pixelate(MutableImageView image, int block) {
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
