#pragma once

#include <activitytrack/core/result.hpp>

#include "screen/x11_area.hpp"
#include "screen/x11_shared_memory.hpp"
#include "x11/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace activitytrack {

/// Gets pixels of drawables from the server, in the drawable's own layout.
class X11PixelReader {
 public:
  /// For up to `capacity` bytes at once; in shared memory if a kind is given and there is enough, else as
  /// replies. `connection` is borrowed.
  X11PixelReader(const x11::Connection& connection, std::optional<X11SharedMemoryKind> kind, std::size_t capacity);

  bool shares_memory() const noexcept { return memory_.has_value(); }

  /// The `size` bytes of the area; they may be changed, and live until the next call. `busy` if the drawable
  /// does not have that area any more.
  Result<std::uint8_t*> read(xcb_drawable_t drawable, const X11Area& area, std::size_t size);

 private:
  struct Erased {
    void operator()(xcb_get_image_reply_t* reply) const noexcept;
  };

  const x11::Connection& connection_;
  std::optional<X11SharedMemory> memory_;
  std::unique_ptr<xcb_get_image_reply_t, Erased> reply_;
};

}  // namespace activitytrack
