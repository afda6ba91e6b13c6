#pragma once

#include <activitytrack/core/result.hpp>
#include <activitytrack/screen/image.hpp>

#include "x11/connection.hpp"

#include <cstdint>

namespace activitytrack {

/// How a server lays out the pixels of a drawable that it hands over (ZPixmap).
struct X11PixelFormat {
  int bits = 32;      ///< of a pixel with its padding: 16, 24 or 32
  int row_bits = 32;  ///< a row is filled up to a multiple of these
  bool high_byte_first = false;
  std::uint32_t red = 0xFF0000;
  std::uint32_t green = 0xFF00;
  std::uint32_t blue = 0xFF;

  /// Whether it is what an ImageView shows, so that nothing needs to be converted.
  bool is_bgrx() const noexcept {
    return bits == 32 && !high_byte_first && red == 0xFF0000 && green == 0xFF00 && blue == 0xFF;
  }
  std::ptrdiff_t row_bytes(int width) const noexcept {
    return (std::ptrdiff_t{width} * bits + row_bits - 1) / row_bits * row_bits / 8;
  }
};

/// The format of the root window; `unsupported` where pixels are numbers of a palette, or of an odd size.
Result<X11PixelFormat> root_pixel_format(const x11::Connection& connection);

/// Converts rows of `format` at `raw` into the picture.
void convert_to_bgrx(const X11PixelFormat& format, const std::uint8_t* raw, MutableImageView into);

}  // namespace activitytrack
