#include "server/demo/desktop_picture.hpp"

#include "server/demo/dice.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

struct Colour {
  int red, green, blue;
};

struct Box {
  int left, top, width, height;
};

class Canvas {
 public:
  explicit Canvas(Image& image) : view_(image.view()) {}

  int width() const { return view_.width; }
  int height() const { return view_.height; }

  void fill(Box box, Colour colour) {
    const int right = std::min(box.left + box.width, width()), bottom = std::min(box.top + box.height, height());
    for (int y = std::max(0, box.top); y < bottom; ++y) {
      for (int x = std::max(0, box.left); x < right; ++x) set(x, y, colour);
    }
  }

  /// From one colour above to another below.
  void shade(Colour above, Colour below) {
    for (int y = 0; y < height(); ++y) {
      const auto mixed = [&](int from, int to) { return from + (to - from) * y / height(); };
      fill({0, y, width(), 1},
           {mixed(above.red, below.red), mixed(above.green, below.green), mixed(above.blue, below.blue)});
    }
  }

 private:
  void set(int x, int y, Colour colour) {
    std::uint8_t* pixel = view_.row(y) + std::ptrdiff_t{4} * x;
    pixel[0] = static_cast<std::uint8_t>(colour.blue);
    pixel[1] = static_cast<std::uint8_t>(colour.green);
    pixel[2] = static_cast<std::uint8_t>(colour.red);
  }

  ImageView view_;
};

constexpr Colour white{250, 250, 250}, ink{70, 74, 84}, dark{30, 33, 40}, light_ink{190, 198, 210};
constexpr Colour accents[] = {{36, 113, 163}, {142, 68, 173}, {22, 140, 110}, {186, 96, 30}};

/// Words as bars, in lines.
void write_text(Canvas& canvas, Dice& dice, Box box, Colour colour) {
  for (int y = box.top; y + 3 < box.top + box.height; y += 6) {
    if (dice.chance(0.15)) continue;  // between paragraphs
    const int end = box.left + static_cast<int>(box.width * dice.between(0.35, 1));
    for (int x = box.left + 6 * dice.whole(0, 2); x < end;) {
      const int word = std::min(dice.whole(4, 18), end - x);
      canvas.fill({x, y, word, 2}, colour);
      x += word + 3;
    }
  }
}

void draw_window(Canvas& canvas, Dice& dice, Box box, Colour accent, bool is_dark) {
  canvas.fill({box.left + 2, box.top + 2, box.width, box.height}, {20, 24, 34});  // its shadow
  canvas.fill(box, is_dark ? dark : white);
  canvas.fill({box.left, box.top, box.width, 9}, accent);
  canvas.fill({box.left + 4, box.top + 3, box.width / 3, 3}, white);
  canvas.fill({box.left, box.top + 9, box.width / 5, box.height - 9},
              is_dark ? Colour{42, 46, 56} : Colour{232, 234, 238});
  write_text(canvas, dice, {box.left + box.width / 5 + 6, box.top + 16, box.width * 4 / 5 - 12, box.height - 22},
             is_dark ? light_ink : ink);
}

}  // namespace

Image draw_desktop(std::uint64_t look, std::uint64_t seed) {
  Image image(quarter_size(demo_screen_width), quarter_size(demo_screen_height));
  Canvas canvas(image);
  Dice lies(look), dice(seed);
  canvas.shade({44, 62, 80}, {96, 120, 140});
  const int windows = lies.whole(1, 3);
  for (int i = 0; i < windows; ++i) {
    const Box box{lies.whole(8, 120), lies.whole(6, 60), lies.whole(220, 340), lies.whole(130, 190)};
    draw_window(canvas, dice, box, accents[static_cast<std::size_t>(lies.whole(0, 3))], lies.chance(0.4));
  }
  canvas.fill({0, canvas.height() - 10, canvas.width(), 10}, {24, 26, 32});
  for (int i = 0; i < 6; ++i)
    canvas.fill({4 + i * 14, canvas.height() - 8, 10, 6}, accents[static_cast<std::size_t>(i % 4)]);
  return image;
}

}  // namespace activitytrack::server
