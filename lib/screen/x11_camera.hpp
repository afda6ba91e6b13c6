#pragma once

#include <activitytrack/core/result.hpp>
#include <activitytrack/screen/image.hpp>

#include "screen/x11_pixel_format.hpp"
#include "screen/x11_pixel_reader.hpp"
#include "screen/x11_scaler.hpp"
#include "screen/x11_screen_source.hpp"

#include <optional>
#include <string_view>

namespace activitytrack {

/// Takes pictures of a screen in the best way that its server has. Between pictures it holds no memory.
class X11Camera {
 public:
  /// `connection` is borrowed. `unsupported` if no way gives colours.
  static Result<X11Camera> open(const x11::Connection& connection, const X11Ways& allowed);

  /// "XRender, shared memory by descriptor", ...
  std::string way() const;

  /// A picture of `area` of the root window, at a quarter of its size or as it is. It lives until put_away().
  /// `busy` if the screen does not have that area any more.
  Result<MutableImageView> take(const X11Area& area, bool quarter);

  void put_away() noexcept;

 private:
  X11Camera(const x11::Connection& connection, const X11PixelFormat& format, std::optional<X11Scaler> scaler,
            std::optional<X11SharedMemoryKind> shared)
      : connection_(&connection), format_(format), scaler_(scaler), shared_(shared) {}

  Result<MutableImageView> take_scaled(const X11Area& area);
  Result<MutableImageView> take_reduced(const X11Area& area);
  Result<MutableImageView> take_whole(xcb_drawable_t drawable, const X11Area& area, const X11PixelFormat& format);
  template <class Use>
  Result<void> read_bands(xcb_drawable_t drawable, const X11Area& area, const X11PixelFormat& format, Use use);

  const x11::Connection* connection_;
  X11PixelFormat format_;
  std::optional<X11Scaler> scaler_;
  std::optional<X11SharedMemoryKind> shared_;

  std::optional<X11PixelReader> reader_;
  Image image_;
};

}  // namespace activitytrack
