#include "screen/x11_pixel_format.hpp"

#include <bit>
#include <cstring>
#include <string>

namespace activitytrack {
namespace {

const xcb_visualtype_t* root_visual(const xcb_screen_t& screen) {
  for (auto depths = xcb_screen_allowed_depths_iterator(&screen); depths.rem > 0; xcb_depth_next(&depths)) {
    auto visuals = xcb_depth_visuals_iterator(depths.data);
    for (; visuals.rem > 0; xcb_visualtype_next(&visuals)) {
      if (visuals.data->visual_id == screen.root_visual) return visuals.data;
    }
  }
  return nullptr;
}

const xcb_format_t* pixmap_format(const xcb_setup_t& setup, std::uint8_t depth) {
  for (auto formats = xcb_setup_pixmap_formats_iterator(&setup); formats.rem > 0; xcb_format_next(&formats)) {
    if (formats.data->depth == depth) return formats.data;
  }
  return nullptr;
}

std::uint32_t read_pixel(const std::uint8_t* raw, int bytes, bool high_byte_first) {
  std::uint32_t pixel = 0;
  for (int i = 0; i < bytes; ++i) {
    const int shift = 8 * (high_byte_first ? bytes - 1 - i : i);
    pixel |= std::uint32_t{raw[i]} << shift;
  }
  return pixel;
}

/// A channel of a pixel, spread to 0 to 255.
class Channel {
 public:
  explicit Channel(std::uint32_t mask)
      : mask_(mask), shift_(mask == 0 ? 0 : std::countr_zero(mask)), most_(mask >> shift_) {}

  std::uint8_t of(std::uint32_t pixel) const {
    if (most_ == 0xFF) return static_cast<std::uint8_t>((pixel & mask_) >> shift_);
    if (most_ == 0) return 0;
    return static_cast<std::uint8_t>((std::uint64_t{(pixel & mask_) >> shift_} * 255 + most_ / 2) / most_);
  }

 private:
  std::uint32_t mask_;
  int shift_;
  std::uint32_t most_;
};

}  // namespace

Result<X11PixelFormat> root_pixel_format(const x11::Connection& connection) {
  const xcb_setup_t& setup = *xcb_get_setup(connection.get());
  const xcb_screen_t& screen = connection.screen();
  const xcb_visualtype_t* const visual = root_visual(screen);
  const xcb_format_t* const layout = pixmap_format(setup, screen.root_depth);
  const bool true_colour = visual != nullptr && (visual->_class == XCB_VISUAL_CLASS_TRUE_COLOR ||
                                                 visual->_class == XCB_VISUAL_CLASS_DIRECT_COLOR);
  const int bits = layout == nullptr ? 0 : layout->bits_per_pixel;
  if (!true_colour || (bits != 16 && bits != 24 && bits != 32)) {
    return Error{ErrorCode::unsupported, "the X display " + connection.display() + " has a screen of depth " +
                                             std::to_string(screen.root_depth) +
                                             " that no screenshot can be taken of; start it with depth 24"};
  }
  return X11PixelFormat{bits,
                        layout->scanline_pad,
                        setup.image_byte_order == XCB_IMAGE_ORDER_MSB_FIRST,
                        visual->red_mask,
                        visual->green_mask,
                        visual->blue_mask};
}

void convert_to_bgrx(const X11PixelFormat& format, const std::uint8_t* raw, MutableImageView into) {
  const std::ptrdiff_t row_bytes = format.row_bytes(into.width);
  const int bytes = format.bits / 8;
  const Channel red(format.red), green(format.green), blue(format.blue);
  for (int y = 0; y < into.height; ++y, raw += row_bytes) {
    std::uint8_t* out = into.row(y);
    if (format.is_bgrx()) {
      std::memcpy(out, raw, static_cast<std::size_t>(row_bytes));
      continue;
    }
    for (int x = 0; x < into.width; ++x, out += 4) {
      const std::uint32_t pixel = read_pixel(raw + x * bytes, bytes, format.high_byte_first);
      out[0] = blue.of(pixel);
      out[1] = green.of(pixel);
      out[2] = red.of(pixel);
      out[3] = 0xFF;
    }
  }
}

}  // namespace activitytrack
