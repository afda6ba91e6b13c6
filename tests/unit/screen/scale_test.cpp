// Pixelating, reducing and enlarging.
#include <activitytrack/screen/develop.hpp>

#include "pictures.hpp"
#include "screen/picture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

using namespace activitytrack;
using test::FramedImage;

namespace {

int mean_of(ConstImageView image, int left, int top, int block, int colour) {
  int sum = 0, count = 0;
  for (int y = top; y < std::min(top + block, image.height); ++y) {
    for (int x = left; x < std::min(left + block, image.width); ++x, ++count) sum += image.row(y)[4 * x + colour];
  }
  return (sum + count / 2) / count;
}

/// What enlarging should come to at a place of the large picture, by real numbers.
double between(const std::vector<double>& plane, int width, int height, double x, double y) {
  const double left = std::floor(x), top = std::floor(y);
  double sum = 0;
  for (const int dy : {0, 1}) {
    for (const int dx : {0, 1}) {
      const int px = std::clamp(static_cast<int>(left) + dx, 0, width - 1);
      const int py = std::clamp(static_cast<int>(top) + dy, 0, height - 1);
      const double weight = (dx ? x - left : 1 - x + left) * (dy ? y - top : 1 - y + top);
      sum += weight * plane[static_cast<std::size_t>(py * width + px)];
    }
  }
  return sum;
}

std::vector<double> jfif_plane(ConstImageView image, int plane) {
  constexpr double weights[3][3] = {{0.114, 0.587, 0.299}, {0.5, -0.331264, -0.168736}, {-0.081312, -0.418688, 0.5}};
  std::vector<double> values;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      double value = plane ? 128 : 0;
      for (int c = 0; c < 3; ++c) value += weights[plane][c] * image.row(y)[4 * x + c];
      values.push_back(value);
    }
  }
  return values;
}

}  // namespace

TEST_CASE("pixelating gives each square its mean, at any size") {
  std::mt19937 random(2);
  for (unsigned round = 0; round < 60; ++round) {
    FramedImage image(1 + static_cast<int>(random() % 40), 1 + static_cast<int>(random() % 40),
                      static_cast<int>(random() % 9), round);
    const int block = round % 10 ? 1 + static_cast<int>(random() % 12) : 1'000'000;
    pixelate(image.view(), block);
    for (int y = 0; y < image.view().height; ++y) {
      for (int x = 0; x < image.view().width; ++x) {
        for (int c = 0; c < 3; ++c) {
          const int mean = mean_of(image.before(), x / block * block, y / block * block, block, c);
          REQUIRE(image.view().row(y)[4 * x + c] == mean);
        }
      }
    }
    REQUIRE(image.frame_is_untouched());
  }
}

TEST_CASE("reducing gives the mean of each 4x4, and of what is left at the edges") {
  for (unsigned round = 0; round < 90; ++round) {
    const int width = 1 + static_cast<int>(round * 7 % 600), height = 1 + static_cast<int>(round % 13);
    const FramedImage from(width, height, static_cast<int>(round % 8), round);
    FramedImage into(quarter_size(width), quarter_size(height), 5, round + 1);
    reduce_to_quarter(from.before(), into.view());
    for (int y = 0; y < into.view().height; ++y) {
      for (int x = 0; x < into.view().width; ++x) {
        for (int c = 0; c < 3; ++c)
          REQUIRE(into.view().row(y)[4 * x + c] == mean_of(from.before(), 4 * x, 4 * y, 4, c));
      }
    }
    REQUIRE(into.frame_is_untouched());
  }
}

TEST_CASE("enlarging is bilinear in each plane, at each subsampling") {
  for (const DevelopOptions::Subsampling subsampling :
       {DevelopOptions::Subsampling::none, DevelopOptions::Subsampling::half, DevelopOptions::Subsampling::quarter}) {
    for (const auto& [width, height] : {std::pair{1, 1}, {4, 4}, {5, 2}, {37, 41}, {64, 3}, {130, 18}}) {
      FramedImage small(quarter_size(width), quarter_size(height), 3, static_cast<unsigned>(width));
      const JpegPlanes large = enlarge_quarter(small.view(), width, height, subsampling);
      for (std::size_t i = 0; i < 3; ++i) {
        const auto plane = jfif_plane(small.view(), static_cast<int>(i));
        const int across = i && subsampling != DevelopOptions::Subsampling::none ? 2 : 4;
        const int down = i && subsampling == DevelopOptions::Subsampling::quarter ? 2 : 4;
        CHECK(large.widths[i] >= (width * across + 3) / 4);
        CHECK(large.heights[i] >= (height * down + 3) / 4);
        for (int y = 0; y < large.heights[i]; ++y) {
          for (int x = 0; x < large.widths[i]; ++x) {
            const double expected = between(plane, small.view().width, small.view().height, (x + 0.5) / across - 0.5,
                                            (y + 0.5) / down - 0.5);
            REQUIRE(std::abs(large.planes[i][y * large.widths[i] + x] - expected) < 1.1);
          }
        }
      }
    }
  }
}
