#pragma once

#include <activitytrack/core/result.hpp>
#include <activitytrack/screen/screen_source.hpp>

#include "screen/image.hpp"
#include "screen/x11_pixels.hpp"
#include "screen/x11_screen_source.hpp"
#include "screen/x11_windows.hpp"
#include "x11/connection.hpp"

#include <xcb/render.h>

#include <optional>
#include <string>

namespace activitytrack {

/// A drawable of the server's that is freed with this.
class X11Pixmap {
 public:
  X11Pixmap(const x11::Connection& connection, int width, int height);
  X11Pixmap(const X11Pixmap&) = delete;
  X11Pixmap& operator=(const X11Pixmap&) = delete;
  ~X11Pixmap() { xcb_free_pixmap(connection_.get(), id_); }

  xcb_pixmap_t id() const noexcept { return id_; }

  static constexpr std::uint8_t depth = 24;

 private:
  const x11::Connection& connection_;
  xcb_pixmap_t id_;
};

/// Scales on the server, by XRender.
class X11Scaler {
 public:
  /// Nothing where the server has no XRender 0.10, or would hand the result over in another layout than B, G,
  /// R, X. `connection` is borrowed.
  static std::optional<X11Scaler> open(const x11::Connection& connection);

  /// Whether quarter() gives what reduce_to_quarter() does, but for rounding.
  static bool suits(const X11Area& area) noexcept { return area.width % 2 == 0 && area.height % 2 == 0; }

  /// What the server was asked to draw.
  struct Drawing {
    xcb_void_cookie_t half, quarter;
  };

  /// Asks to draw `area` of the root window and all in it at a quarter of its size into `into`. It is halved
  /// twice, each time by linear interpolation right between the pixels, which is the mean of 2x2.
  Drawing quarter(const X11Area& area, const X11Pixmap& into) const;

  /// Whether it was drawn, not refused for want of memory. To be asked once; it does not wait if an answer to
  /// a later request is there.
  bool drawn(const Drawing& drawing) const;

 private:
  X11Scaler(const x11::Connection& connection, xcb_render_pictformat_t root, xcb_render_pictformat_t scaled)
      : connection_(&connection), root_(root), scaled_(scaled) {}

  const x11::Connection* connection_;
  xcb_render_pictformat_t root_;
  xcb_render_pictformat_t scaled_;
};

/// Takes pictures of a screen in the best way that its server has. Between pictures it holds no memory.
class X11Camera {
 public:
  /// `connection` is borrowed. `unsupported` if no way gives colours.
  static Result<X11Camera> open(const x11::Connection& connection, const X11Ways& allowed);

  /// "XRender, shared memory by descriptor", ...
  std::string way() const;

  /// A picture of `area` of the root window, at a quarter of its size or as it is. It lives until put_away().
  /// `conflict` if the screen does not have that area any more.
  Result<ImageView> take(const X11Area& area, bool quarter);

  void put_away() noexcept;

 private:
  X11Camera(const x11::Connection& connection, const X11PixelFormat& format, std::optional<X11Scaler> scaler,
            std::optional<X11SharedMemoryKind> shared)
      : connection_(&connection), format_(format), scaler_(scaler), shared_(shared) {}

  Result<ImageView> take_scaled(const X11Area& area);
  Result<ImageView> take_reduced(const X11Area& area);
  Result<ImageView> take_whole(xcb_drawable_t drawable, const X11Area& area, const X11PixelFormat& format);
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
