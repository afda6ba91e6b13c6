#include "screen/picture.hpp"

#include "pictures.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;

namespace {

/// Windows of different grey, of which the last is `moved` px further right.
Image desktop(int moved) {
  return test::painted(480, 270, [moved](int x, int y, int) -> std::uint8_t {
    if (x > 250 + moved && x < 350 + moved && y > 100 && y < 200) return 240;
    if (x > 40 && x < 200 && y > 30 && y < 150) return 40;
    return static_cast<std::uint8_t>(120 + x / 10 + (x * 7 + y * 13) % 5);
  });
}

int distance(const Image& a, const Image& b) {
  return hash_distance(perceptual_hash(a.view()), perceptual_hash(b.view()));
}

}  // namespace

TEST_CASE("each bit says whether brightness grows to the right") {
  const Image growing = test::painted(170, 16, [](int x, int, int) { return static_cast<std::uint8_t>(x); });
  const Image falling = test::painted(170, 16, [](int x, int, int) { return static_cast<std::uint8_t>(255 - x); });
  CHECK(perceptual_hash(growing.view()) == PerceptualHash{~0ULL, ~0ULL, ~0ULL, ~0ULL});
  CHECK(perceptual_hash(falling.view()) == PerceptualHash{});
  CHECK(distance(growing, falling) == 256);
}

TEST_CASE("a cell's brightness is the mean of all its pixels, as eyes weigh colours") {
  // Two cells of 10x10 in the first row: one dark with a bright column, one grey a little brighter than their
  // mean.
  const auto bit = [](int grey, int colour) {
    const Image image = test::painted(170, 160, [=](int x, int y, int c) -> std::uint8_t {
      if (x >= 20 || y >= 10) return 0;
      return static_cast<std::uint8_t>(x >= 10 ? grey : x == 3 && c == colour ? 250 : 0);
    });
    return perceptual_hash(image.view())[0] & 1;
  };
  CHECK(bit(15, 1));  // green: 250 * 150 / 256 / 10 = 14.6
  CHECK_FALSE(bit(14, 1));
  CHECK(bit(8, 2));  // red: 7.5
  CHECK_FALSE(bit(7, 2));
  CHECK(bit(3, 0));  // blue: 2.8
  CHECK_FALSE(bit(2, 0));
}

TEST_CASE("a moved window is far away, and a blinking cursor is near") {
  const Image before = desktop(0);
  Image cursor = before;
  for (int y = 50; y < 54; ++y) cursor.view().row(y)[4 * 60] ^= 0xFF;
  CHECK(distance(before, before) == 0);
  CHECK(distance(before, cursor) <= 2);
  CHECK(distance(before, desktop(60)) > 8);
}

TEST_CASE("pictures smaller than the grid have a hash too") {
  for (const auto& [width, height] : {std::pair{1, 1}, {3, 40}, {40, 3}, {17, 16}}) {
    const Image image =
        test::painted(width, height, [](int x, int y, int) { return static_cast<std::uint8_t>(x * 9 + y); });
    CHECK(distance(image, image) == 0);
  }
  CHECK(perceptual_hash(ImageView{}) == PerceptualHash{});
}
