#pragma once

#include <activitytrack/core/result.hpp>
#include <activitytrack/screen/screen_source.hpp>

#include "screen/image.hpp"
#include "screen/x11_windows.hpp"
#include "x11/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

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

/// How pixmaps of that depth lie in memory; null if the server has none.
const xcb_format_t* pixmap_format(const xcb_setup_t& setup, std::uint8_t depth);

/// The format of the root window; `unsupported` where pixels are numbers of a palette, or of an odd size.
Result<X11PixelFormat> root_pixel_format(const x11::Connection& connection);

/// Converts rows of `format` at `raw` into the picture.
void convert_to_bgrx(const X11PixelFormat& format, const std::uint8_t* raw, ImageView into);

/// How memory is shared with a server (MIT-SHM).
enum class X11SharedMemoryKind {
  descriptor,  ///< an anonymous file, handed over the socket: MIT-SHM 1.2
  system_v,    ///< a System V segment, marked for removal before the server has it
};

/// The best kind that the server takes; nothing without MIT-SHM, or when it cannot reach this process's memory.
std::optional<X11SharedMemoryKind> find_shared_memory_kind(const x11::Connection& connection, bool allow_descriptor);

class X11SharedMemory;

/// Gets pixels of drawables from the server, in the drawable's own layout.
class X11PixelReader {
 public:
  /// For up to `capacity` bytes at once; in shared memory if a kind is given and there is enough, else as
  /// replies. `connection` is borrowed.
  X11PixelReader(const x11::Connection& connection, std::optional<X11SharedMemoryKind> kind, std::size_t capacity);
  X11PixelReader(X11PixelReader&&) noexcept;
  ~X11PixelReader();

  bool shares_memory() const noexcept { return memory_ != nullptr; }

  /// The `size` bytes of the area; they may be changed, and live until the next call. `conflict` if the drawable
  /// does not have that area any more.
  Result<std::uint8_t*> read(xcb_drawable_t drawable, const X11Area& area, std::size_t size);

 private:
  struct ReplyDeleter {
    void operator()(xcb_get_image_reply_t* reply) const noexcept;
  };

  const x11::Connection& connection_;
  std::unique_ptr<X11SharedMemory> memory_;
  std::unique_ptr<xcb_get_image_reply_t, ReplyDeleter> reply_;
};

}  // namespace activitytrack
