#include "screen/x11_camera.hpp"
#include "screen/x11_lock_source.hpp"
#include "screen/x11_pixels.hpp"
#include "screen/x11_screen_source.hpp"
#include "screen/x11_windows.hpp"

#include <doctest/doctest.h>

#include <array>
#include <vector>

using namespace activitytrack;

namespace {

using Pixel = std::array<int, 3>;

/// Blue, green and red of the pixels of one row.
std::vector<Pixel> converted(const X11PixelFormat& format, std::vector<std::uint8_t> raw, int width, int height = 1) {
  Image image(width, height);
  convert_to_bgrx(format, raw.data(), image.view());
  std::vector<Pixel> pixels;
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* at = image.view().row(y);
    for (int x = 0; x < width; ++x, at += 4) pixels.push_back({at[0], at[1], at[2]});
  }
  return pixels;
}

}  // namespace

TEST_CASE("pixels as ImageView has them are taken as they are") {
  CHECK(X11PixelFormat{}.is_bgrx());
  CHECK(converted({}, {1, 2, 3, 99, 4, 5, 6, 99}, 2) == std::vector<Pixel>{{1, 2, 3}, {4, 5, 6}});
}

TEST_CASE("pixels of any order of bytes and colours are converted") {
  X11PixelFormat format;
  format.high_byte_first = true;
  CHECK_FALSE(format.is_bgrx());
  CHECK(converted(format, {99, 3, 2, 1}, 1) == std::vector<Pixel>{{1, 2, 3}});
  format = {.red = 0xFF, .green = 0xFF00, .blue = 0xFF0000};
  CHECK(converted(format, {3, 2, 1, 99}, 1) == std::vector<Pixel>{{1, 2, 3}});
}

TEST_CASE("packed pixels are converted, and rows are filled up") {
  const X11PixelFormat format{.bits = 24, .row_bits = 32};
  CHECK(format.row_bytes(1) == 4);
  CHECK(format.row_bytes(4) == 12);
  CHECK(converted(format, {1, 2, 3, 99, 4, 5, 6, 99}, 1, 2) == std::vector<Pixel>{{1, 2, 3}, {4, 5, 6}});
}

TEST_CASE("colours of fewer and of more bits are spread over 0 to 255") {
  const X11PixelFormat of_16{.bits = 16, .red = 0xF800, .green = 0x07E0, .blue = 0x001F};
  CHECK(of_16.row_bytes(3) == 8);
  // Only blue, only red, all, and the middle of each.
  CHECK(converted(of_16, {0x1F, 0x00, 0x00, 0xF8, 0xFF, 0xFF, 0x10, 0x84}, 4) ==
        std::vector<Pixel>{{255, 0, 0}, {0, 0, 255}, {255, 255, 255}, {132, 130, 132}});
  const X11PixelFormat of_30{.red = 0x3FF00000, .green = 0x000FFC00, .blue = 0x000003FF};
  CHECK(converted(of_30, {0xFF, 0x03, 0x00, 0x20}, 1) == std::vector<Pixel>{{255, 0, 128}});
}

TEST_CASE("areas") {
  const X11Area screen{0, 0, 100, 50};
  CHECK(common_area(screen, {90, 40, 20, 20}) == X11Area{90, 40, 10, 10});
  CHECK(common_area(screen, {-5, -5, 10, 10}) == X11Area{0, 0, 5, 5});
  CHECK(common_area(screen, {100, 0, 10, 10}).empty());
  CHECK(X11Area{-1, -1, 102, 52}.contains(screen));
  CHECK(screen.contains(screen));
  CHECK_FALSE(X11Area{1, 0, 100, 50}.contains(screen));
  CHECK_FALSE(X11Area{0, 0, 99, 50}.contains(screen));
  CHECK(X11Scaler::suits({7, 7, 1366, 768}));
  CHECK_FALSE(X11Scaler::suits({0, 0, 1365, 768}));
  CHECK_FALSE(X11Scaler::suits({0, 0, 1366, 767}));
}

TEST_CASE("a display's number is known in all its names") {
  for (const char* name : {":7", ":7.0", "unix:7", "localhost:7.1"}) CHECK(display_number(name) == "7");
  CHECK(display_number("7") == "");
  CHECK(display_number("") == "");
}

TEST_CASE("a screen is one's own by the server's user, or else by its session's") {
  const auto session_of = [](uid_t owner) { return DesktopSession{"2", owner}; };
  const SocketPeer own{true, 1000}, root{true, 0}, other{true, 1001}, remote{};
  CHECK(check_own_session(":0", own, std::nullopt, 1000).has_value());
  CHECK(check_own_session(":0", root, std::nullopt, 1000).has_value());
  CHECK(check_own_session(":0", root, session_of(1000), 1000).has_value());
  const auto refused = [](const SocketPeer& peer, const std::optional<DesktopSession>& session, uid_t user) {
    const auto checked = check_own_session(":0", peer, session, user);
    REQUIRE_FALSE(checked.has_value());
    CHECK(checked.error().code == ErrorCode::permission);
    CHECK(checked.error().message.find(":0") != std::string::npos);
  };
  refused(root, session_of(1001), 1000);
  refused(other, std::nullopt, 1000);
  refused(other, session_of(1000), 1000);
  refused(remote, std::nullopt, 1000);
  refused(remote, session_of(1000), 1000);
  refused(own, std::nullopt, 0);  // root has no right to a person's screen either
}
