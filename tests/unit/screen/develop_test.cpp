#include <activitytrack/screen/screen_source.hpp>

#include "fakes.hpp"
#include "memory_screen.hpp"
#include "pictures.hpp"
#include "screen/picture.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace activitytrack;

namespace {

constexpr int screen_width = 322, screen_height = 203;

/// Stripes of 2 px, as thin as strokes of letters are, on the left; a step in the middle.
Image stripes() {
  return test::painted(screen_width, screen_height, [](int x, int, int) -> std::uint8_t {
    if (x < screen_width / 2) return x / 2 % 2 ? 255 : 0;
    return x < 3 * screen_width / 4 ? 40 : 220;
  });
}

Image developed(const DevelopOptions& options, Screenshot& about) {
  const auto screen = std::make_shared<MemoryScreen>(MemoryScreen{stripes()});
  std::string jpeg;
  const auto source = make_memory_screen_source(screen);
  const auto state =
      source->capture({.quarter = wants_quarter(options)}, [&](const ScreenSource::Picture& picture) -> Result<void> {
        auto made = develop(picture.pixels, picture.width, picture.height, options, about);
        if (!made) return made.error();
        jpeg = *made;
        return {};
      });
  REQUIRE(state.value() == ScreenSource::State::visible);
  return decode_jpeg(jpeg).value();
}

/// How far neighbours differ within the stripes' part, at most.
int contrast(const Image& image, int columns) {
  int greatest = 0;
  for (int x = 8; x < columns - 1; ++x) {
    const std::uint8_t* const pixel = image.view().row(image.height() / 2) + 4 * x;
    greatest = std::max(greatest, std::abs(pixel[0] - pixel[4]));
  }
  return greatest;
}

}  // namespace

TEST_CASE("by default a picture is a quarter in size, and its lines are gone") {
  Screenshot about;
  const Image image = developed({}, about);
  CHECK(image.width() == quarter_size(screen_width));
  CHECK(image.height() == quarter_size(screen_height));
  CHECK(about.width == image.width());
  CHECK(about.height == image.height());
  CHECK(contrast(image, image.width() / 2 - 8) < 8);
}

TEST_CASE("at full size it is as large as the screen, and not a bit sharper") {
  for (const DevelopOptions::Obscuring obscuring :
       {DevelopOptions::Obscuring::blur, DevelopOptions::Obscuring::pixels}) {
    Screenshot about;
    const Image image = developed({.obscuring = obscuring, .full_size = true}, about);
    CHECK(image.width() == screen_width);
    CHECK(image.height() == screen_height);
    CHECK(about.width == screen_width);
    CHECK(about.height == screen_height);
    CHECK(contrast(image, screen_width / 2 - 32) < 8);
  }
}

TEST_CASE("lengths are the screen's at both sizes") {
  Screenshot about;
  const Image small = developed({.quality = 95}, about);
  const Image large = developed({.full_size = true, .quality = 95}, about);
  for (int x = screen_width / 2 + 40; x < screen_width - 4; x += 4) {
    const int in_small = small.view().row(25)[4 * (x / 4)];
    CHECK(std::abs(in_small - large.view().row(102)[4 * (x / 4 * 4 + 2)]) < 16);
  }
}

TEST_CASE("a capture of the whole gives the same picture as one at a quarter of its size") {
  for (const DevelopOptions& options : {DevelopOptions{}, DevelopOptions{.full_size = true}}) {
    Image whole = stripes();
    Image quarter(quarter_size(screen_width), quarter_size(screen_height));
    reduce_to_quarter(whole.view(), quarter.view());
    Screenshot about;
    const auto of_quarter = develop(quarter.view(), screen_width, screen_height, options, about);
    const auto of_whole = develop(whole.view(), screen_width, screen_height, options, about);
    CHECK(of_whole.value() == of_quarter.value());
  }
}

TEST_CASE("a capture of another size is refused, for it would not be obscured enough") {
  constexpr DevelopOptions sharp{.obscuring = DevelopOptions::Obscuring::none, .full_size = true};
  Image half(screen_width / 2, screen_height / 2);
  Image quarter(quarter_size(screen_width), quarter_size(screen_height));
  Screenshot about;
  for (const DevelopOptions& options : {DevelopOptions{}, sharp}) {
    const auto made = develop(half.view(), screen_width, screen_height, options, about);
    CHECK(made.error().code == ErrorCode::invalid_input);
  }
  CHECK(develop(quarter.view(), screen_width, screen_height, sharp, about).error().code == ErrorCode::invalid_input);
}

TEST_CASE("what is not obscured is the screen itself") {
  Screenshot about;
  const DevelopOptions sharp{.obscuring = DevelopOptions::Obscuring::none,
                             .full_size = true,
                             .quality = 95,
                             .subsampling = DevelopOptions::Subsampling::none};
  CHECK_FALSE(wants_quarter(sharp));
  const Image image = developed(sharp, about);
  CHECK(test::greatest_difference(image.view(), stripes().view()) < 30);
}

TEST_CASE("the screen in memory reports its state, and keeps its picture") {
  const auto screen = std::make_shared<MemoryScreen>(MemoryScreen{stripes()});
  const auto source = make_memory_screen_source(screen);
  int taken = 0;
  const ScreenSource::Sink spoil = [&](const ScreenSource::Picture& picture) -> Result<void> {
    ++taken;
    pixelate(picture.pixels, 1000);
    return {};
  };
  CHECK(source->capture({.quarter = false}, spoil).value() == ScreenSource::State::visible);
  CHECK(test::greatest_difference(std::as_const(screen->image).view(), stripes().view()) == 0);
  screen->state = ScreenSource::State::locked;
  CHECK(source->capture({}, spoil).value() == ScreenSource::State::locked);
  CHECK(taken == 1);
  screen->state = ScreenSource::State::visible;
  const auto failed = source->capture({}, [](const ScreenSource::Picture&) -> Result<void> {
    return Error{ErrorCode::no_space, "the disk is full"};
  });
  CHECK(failed.error().code == ErrorCode::no_space);
}

TEST_CASE("a screen of 16384x16384 is developed at both sizes") {
  constexpr int side = 16'384;
  const Image screen = test::painted(side / 4, side / 4,
                                     [](int x, int y, int c) { return static_cast<std::uint8_t>(x / 7 + y / 9 + c); });
  Screenshot about;
  Image capture = screen;
  const auto small = develop(capture.view(), side, side, {}, about);
  CHECK(about.width == side / 4);
  CHECK(decode_jpeg(small.value()).value().height() == side / 4);
  capture = screen;
  const auto large = develop(capture.view(), side, side, {.full_size = true}, about);
  CHECK(about.width == side);
  CHECK(decode_jpeg(large.value(), 1).value().width() == side / 8);
}
