#pragma once

#include <activitytrack/screen/develop.hpp>
#include <activitytrack/screen/screen_source.hpp>

#include "screen/image.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

// What every ScreenSource promises. A driver T opens `source` on a screen of its own; it has `shown()`, the
// picture on the screen, `hide(state)`, which brings the screen into that state for `request()`, and
// `unhide()`. `rounding` is how far a quarter's colours may be off the mean.

namespace activitytrack::test {

struct Taken {
  Image pixels;
  int width = 0;
  int height = 0;
  std::string monitor;
  int index = 0;
};

inline Image copy_of(ConstImageView view) {
  Image copy(view.width, view.height);
  for (int y = 0; y < view.height; ++y) std::copy_n(view.row(y), 4 * view.width, copy.view().row(y));
  return copy;
}

/// The pictures of one capture, which must go well.
inline std::vector<Taken> take(ScreenSource& source, const ScreenSource::Request& request) {
  std::vector<Taken> all;
  const auto state = source.capture(request, [&](const ScreenSource::Picture& picture) -> Result<void> {
    all.push_back({copy_of(picture.pixels), picture.width, picture.height, picture.monitor, picture.index});
    std::fill_n(picture.pixels.pixels, 4 * picture.pixels.width, std::uint8_t{0x5A});  // it may be changed
    return {};
  });
  const std::string error = state ? "" : state.error().message;
  REQUIRE(error == "");
  CHECK(to_string(*state) == "visible");
  return all;
}

/// The largest difference of a colour; 256 if they are not of the same size.
inline int difference(ConstImageView a, ConstImageView b) {
  if (a.width != b.width || a.height != b.height) return 256;
  int most = 0;
  for (int y = 0; y < a.height; ++y) {
    for (int i = 0; i < 4 * a.width; ++i) {
      if (i % 4 != 3) most = std::max(most, std::abs(int{a.row(y)[i]} - int{b.row(y)[i]}));
    }
  }
  return most;
}

inline Image quarter_of(ConstImageView view) {
  Image small(quarter_size(view.width), quarter_size(view.height));
  reduce_to_quarter(view, small.view());
  return small;
}

/// Something with edges of one pixel and every colour.
inline Image noise(int width, int height) {
  Image image(width, height);
  std::uint32_t state = 2463534242;
  for (int y = 0; y < height; ++y) {
    std::uint8_t* const row = image.view().row(y);
    for (int i = 0; i < 4 * width; ++i) {
      state ^= state << 13, state ^= state >> 17, state ^= state << 5;
      row[i] = static_cast<std::uint8_t>(state >> 24);
    }
  }
  return image;
}

}  // namespace activitytrack::test

TEST_CASE_TEMPLATE_DEFINE("ScreenSource: a capture shows what the screen shows", T, screen_shows) {
  using namespace activitytrack;
  T t;
  ScreenSource::Request request = t.request();
  request.quarter = false;
  for (int again = 0; again < 2; ++again) {
    const auto taken = test::take(*t.source, request);
    REQUIRE(taken.size() == 1);
    CHECK(test::difference(std::as_const(taken[0].pixels).view(), t.shown()) == 0);
    CHECK(taken[0].width == t.shown().width);
    CHECK(taken[0].height == t.shown().height);
    CHECK(taken[0].monitor == "");
    CHECK(taken[0].index == 0);
  }
}

TEST_CASE_TEMPLATE_DEFINE("ScreenSource: at a quarter of the size each pixel is the mean of 4x4", T, screen_quarter) {
  using namespace activitytrack;
  T t;
  for (int again = 0; again < 2; ++again) {
    const auto taken = test::take(*t.source, t.request());
    REQUIRE(taken.size() == 1);
    const Image expected = test::quarter_of(t.shown());
    CHECK(test::difference(std::as_const(taken[0].pixels).view(), expected.view()) <= T::rounding);
    CHECK(taken[0].width == t.shown().width);
    CHECK(taken[0].height == t.shown().height);
  }
}

TEST_CASE_TEMPLATE_DEFINE("ScreenSource: of each monitor there is a picture", T, screen_monitors) {
  using namespace activitytrack;
  T t;
  ScreenSource::Request request = t.request();
  request.each_monitor = true;
  const auto taken = test::take(*t.source, request);
  REQUIRE_FALSE(taken.empty());
  int index = 0;
  for (const auto& one : taken) {
    CHECK(one.index == index++);
    CHECK(one.pixels.width() == quarter_size(one.width));
    CHECK(one.pixels.height() == quarter_size(one.height));
  }
}

TEST_CASE_TEMPLATE_DEFINE("ScreenSource: what the screen's state forbids is not taken", T, screen_states) {
  using namespace activitytrack;
  T t;
  for (const auto state : {ScreenSource::State::locked, ScreenSource::State::blanked, ScreenSource::State::excluded}) {
    CAPTURE(to_string(state));
    t.hide(state);
    const auto found = t.source->capture(t.request(), [](const ScreenSource::Picture&) -> Result<void> {
      FAIL("a picture was taken");
      return {};
    });
    REQUIRE(found.has_value());
    CHECK(to_string(*found) == to_string(state));
    t.unhide();
    CHECK(test::take(*t.source, t.request()).size() == 1);
  }
}

TEST_CASE_TEMPLATE_DEFINE("ScreenSource: an error of the sink ends the capture, which returns it", T, screen_sink) {
  using namespace activitytrack;
  T t;
  int calls = 0;
  const auto state = t.source->capture(t.request(), [&](const ScreenSource::Picture&) -> Result<void> {
    ++calls;
    return Error{ErrorCode::no_space, "the disk is full"};
  });
  REQUIRE_FALSE(state.has_value());
  CHECK(state.error() == Error{ErrorCode::no_space, "the disk is full"});
  CHECK(calls == 1);
  CHECK(test::take(*t.source, t.request()).size() == 1);
}
