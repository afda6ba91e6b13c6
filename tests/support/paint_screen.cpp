// paint_screen [DISPLAY]: puts a picture as a camera takes it (soft shapes, colours, noise) behind all
// windows, for benchmarks and tests of screenshots. It stays when the program ends.

#include <xcb/xcb.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

namespace {

struct Hill {
  double x, y, size;
  std::array<double, 3> colour;
};

class Scene {
 public:
  Scene(int width, int height) : width_(width), height_(height) {
    const auto real = [this](double from, double to) { return std::uniform_real_distribution(from, to)(random_); };
    for (int i = 0; i < 40; ++i) {
      hills_.push_back(
          {real(0, width), real(0, height), real(0.02, 0.2) * width, {real(-90, 90), real(-90, 90), real(-90, 90)}});
    }
  }

  /// One row: blue, green, red and nothing.
  void paint(int y, std::uint8_t* pixel) {
    std::normal_distribution<double> noise(0, 4);
    for (int x = 0; x < width_; ++x, pixel += 4) {
      std::array<double, 3> colour{150 + 60.0 * y / height_, 130, 110 + 60.0 * x / width_};
      for (const Hill& hill : hills_) {
        const double distance = std::hypot(x - hill.x, y - hill.y) / hill.size;
        if (distance > 1) continue;
        for (std::size_t c = 0; c < 3; ++c) colour[c] += hill.colour[c] * std::min(1.0, 3 * (1 - distance));
      }
      for (std::size_t c = 0; c < 3; ++c) {
        pixel[c] = static_cast<std::uint8_t>(std::clamp(colour[c] + noise(random_), 0.0, 255.0));
      }
    }
  }

 private:
  int width_, height_;
  std::mt19937 random_{7};
  std::vector<Hill> hills_;
};

void paint(xcb_connection_t* connection, const xcb_screen_t& screen) {
  const std::uint16_t width = screen.width_in_pixels, height = screen.height_in_pixels;
  const xcb_pixmap_t pixmap = xcb_generate_id(connection);
  const xcb_gcontext_t context = xcb_generate_id(connection);
  xcb_create_pixmap(connection, screen.root_depth, pixmap, screen.root, width, height);
  xcb_create_gc(connection, context, pixmap, 0, nullptr);
  Scene scene(width, height);
  std::vector<std::uint8_t> row(std::size_t{4} * width);
  for (int y = 0; y < height; ++y) {
    scene.paint(y, row.data());
    xcb_put_image(connection, XCB_IMAGE_FORMAT_Z_PIXMAP, pixmap, context, width, 1, 0, static_cast<std::int16_t>(y), 0,
                  screen.root_depth, static_cast<std::uint32_t>(row.size()), row.data());
  }
  xcb_change_window_attributes(connection, screen.root, XCB_CW_BACK_PIXMAP, &pixmap);
  xcb_clear_area(connection, 0, screen.root, 0, 0, 0, 0);
  xcb_set_close_down_mode(connection, XCB_CLOSE_DOWN_RETAIN_PERMANENT);
  std::free(xcb_get_input_focus_reply(connection, xcb_get_input_focus(connection), nullptr));
}

}  // namespace

int main(int count, char** words) {
  const std::unique_ptr<xcb_connection_t, decltype(&xcb_disconnect)> connection(
      xcb_connect(count > 1 ? words[1] : nullptr, nullptr), &xcb_disconnect);
  if (xcb_connection_has_error(connection.get())) {
    std::fprintf(stderr, "paint_screen: no display\n");
    return 1;
  }
  paint(connection.get(), *xcb_setup_roots_iterator(xcb_get_setup(connection.get())).data);
  return 0;
}
