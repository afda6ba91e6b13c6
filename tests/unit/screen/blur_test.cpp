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

/// The mean of 2 * radius + 1 values around `i` of `count`, as simply as it can be said.
template <class At>
std::uint8_t mean_around(At at, int i, int count, int radius) {
  int sum = 0;
  for (int k = i - radius; k <= i + radius; ++k) sum += at(std::clamp(k, 0, count - 1));
  return static_cast<std::uint8_t>((sum + radius) / (2 * radius + 1));
}

void plain_blur(Image& image, const BoxRadii& radii) {
  const int width = image.width(), height = image.height();
  for (const bool across : {true, false}) {
    for (const int radius : radii) {
      const Image from = image;
      for (int y = 0; y < height; ++y) {
        for (int i = 0; i < 4 * width; ++i) {
          const auto in_row = [&](int k) { return from.view().row(y)[4 * k + i % 4]; };
          const auto in_column = [&](int k) { return from.view().row(k)[i]; };
          image.view().row(y)[i] =
              across ? mean_around(in_row, i / 4, width, radius) : mean_around(in_column, y, height, radius);
        }
      }
    }
  }
}

Image copy_of(ConstImageView from) {
  return test::painted(from.width, from.height, [&](int x, int y, int c) { return from.row(y)[4 * x + c]; });
}

double variance(const BoxRadii& radii) {
  double sum = 0;
  for (const int radius : radii) sum += (std::pow(2 * radius + 1, 2) - 1) / 12;
  return sum;
}

}  // namespace

TEST_CASE("box radii come as close to a Gaussian's width as whole numbers can") {
  CHECK(box_radii(0.3) == BoxRadii{0, 0, 0});
  CHECK(box_radii(2) == BoxRadii{1, 2, 2});
  for (double sigma = 1; sigma < 1000; sigma *= 1.03) {
    const double blurred = std::sqrt(variance(box_radii(sigma)));
    CHECK_MESSAGE(std::abs(blurred - sigma) < 0.25, "sigma " << sigma << " became " << blurred);
  }
}

TEST_CASE("a blur equals its plain definition, at any size, stride and sigma") {
  std::mt19937 random(1);
  const auto up_to = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (unsigned round = 0; round < 150; ++round) {
    FramedImage image(1 + up_to(round % 5 ? 70 : 3), 1 + up_to(round % 7 ? 70 : 3), up_to(20), round);
    const double sigma = round % 3 ? up_to(80) / 10.0 : up_to(200);
    CAPTURE(image.view().width);
    CAPTURE(image.view().height);
    CAPTURE(sigma);
    Image plain = copy_of(image.before());
    plain_blur(plain, box_radii(sigma));
    gaussian_blur(image.view(), sigma);
    REQUIRE(test::greatest_difference(image.view(), std::as_const(plain).view()) == 0);
    REQUIRE(image.frame_is_untouched());
  }
}

TEST_CASE("one colour stays that colour, however wide the blur") {
  for (const double sigma : {0.5, 1.0, 2.0, 33.0, 36.0, 37.0, 40.0, 250.0, 1000.0}) {
    for (const int value : {0, 1, 127, 254, 255}) {
      Image image = test::painted(40, 3, [&](int, int, int) { return static_cast<std::uint8_t>(value); });
      const Image before = image;
      gaussian_blur(image.view(), sigma);
      CHECK(test::greatest_difference(std::as_const(image).view(), before.view()) == 0);
    }
  }
}

TEST_CASE("a blur comes near to a true Gaussian") {
  constexpr int size = 101, middle = 50;
  constexpr double sigma = 6;
  // A bright half: blurred, an edge is the Gaussian's integral.
  Image edge = test::painted(size, size, [](int x, int, int) { return x < middle ? 0 : 255; });
  gaussian_blur(edge.view(), sigma);
  for (int x = 0; x < size; ++x) {
    const double expected = 255 * 0.5 * (1 + std::erf((x - middle + 0.5) / (sigma * std::sqrt(2))));
    CHECK(std::abs(edge.view().row(middle)[4 * x] - expected) < 5);
  }
}

TEST_CASE("sigma 0, less, and no number change nothing") {
  for (const double sigma : {0.0, -1.0, std::nan("")}) {
    FramedImage image(9, 9, 0, 1);
    gaussian_blur(image.view(), sigma);
    CHECK(test::greatest_difference(image.view(), image.before()) == 0);
  }
  gaussian_blur({}, 3);
}
