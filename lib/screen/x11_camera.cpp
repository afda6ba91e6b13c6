#include "screen/x11_camera.hpp"

#include <activitytrack/screen/develop.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace activitytrack {
namespace {

/// A picture of XRender: a drawable, and how to draw from it or into it.
class RenderPicture {
 public:
  RenderPicture(const x11::Connection& connection, xcb_drawable_t drawable, xcb_render_pictformat_t format)
      : connection_(connection), id_(xcb_generate_id(connection.get())) {
    const std::uint32_t values[] = {XCB_RENDER_REPEAT_PAD, XCB_SUBWINDOW_MODE_INCLUDE_INFERIORS};
    xcb_render_create_picture(connection.get(), id_, drawable, format,
                              XCB_RENDER_CP_REPEAT | XCB_RENDER_CP_SUBWINDOW_MODE, values);
  }
  RenderPicture(const RenderPicture&) = delete;
  RenderPicture& operator=(const RenderPicture&) = delete;
  ~RenderPicture() { xcb_render_free_picture(connection_.get(), id_); }

  /// Fills `into` with what lies from (x, y) on, at half its size.
  xcb_void_cookie_t halve_into(const RenderPicture& into, int x, int y, int width, int height) const {
    const auto fixed = [](int value) { return static_cast<xcb_render_fixed_t>(value) * 65536; };
    constexpr std::string_view filter = "bilinear";
    xcb_render_set_picture_filter(connection_.get(), id_, filter.size(), filter.data(), 0, nullptr);
    const xcb_render_transform_t twice{fixed(2), 0, fixed(x), 0, fixed(2), fixed(y), 0, 0, fixed(1)};
    xcb_render_set_picture_transform(connection_.get(), id_, twice);
    return xcb_render_composite_checked(connection_.get(), XCB_RENDER_PICT_OP_SRC, id_, XCB_NONE, into.id_, 0, 0, 0, 0,
                                        0, 0, static_cast<std::uint16_t>(width), static_cast<std::uint16_t>(height));
  }

 private:
  const x11::Connection& connection_;
  xcb_render_picture_t id_;
};

x11::Owned<xcb_render_query_pict_formats_reply_t> query_formats(const x11::Connection& connection) {
  if (!x11::find_extension(connection, xcb_render_id)) return nullptr;
  const auto ask_version = xcb_render_query_version(connection.get(), 0, 11);
  const auto ask_formats = xcb_render_query_pict_formats(connection.get());
  const auto version = x11::reply_to<xcb_render_query_version_reply>(connection, ask_version);
  auto formats = x11::reply_to<xcb_render_query_pict_formats_reply>(connection, ask_formats);
  const bool pads = version && (version->major_version > 0 || version->minor_version >= 10);
  return pads ? std::move(formats) : nullptr;
}

xcb_render_pictformat_t format_of_visual(const xcb_render_query_pict_formats_reply_t& formats, xcb_visualid_t visual) {
  auto screens = xcb_render_query_pict_formats_screens_iterator(&formats);
  for (; screens.rem > 0; xcb_render_pictscreen_next(&screens)) {
    auto depths = xcb_render_pictscreen_depths_iterator(screens.data);
    for (; depths.rem > 0; xcb_render_pictdepth_next(&depths)) {
      auto visuals = xcb_render_pictdepth_visuals_iterator(depths.data);
      for (; visuals.rem > 0; xcb_render_pictvisual_next(&visuals)) {
        if (visuals.data->visual == visual) return visuals.data->format;
      }
    }
  }
  return XCB_NONE;
}

/// The standard format RGB24, if pixmaps of its depth are B, G, R, X in memory.
xcb_render_pictformat_t bgrx_format(const xcb_setup_t& setup, const xcb_render_query_pict_formats_reply_t& formats) {
  if (setup.image_byte_order != XCB_IMAGE_ORDER_LSB_FIRST) return XCB_NONE;
  const xcb_format_t* const layout = pixmap_format(setup, X11Pixmap::depth);
  if (layout == nullptr || layout->bits_per_pixel != 32) return XCB_NONE;
  auto infos = xcb_render_query_pict_formats_formats_iterator(&formats);
  for (; infos.rem > 0; xcb_render_pictforminfo_next(&infos)) {
    const auto& info = *infos.data;
    const auto& d = info.direct;
    if (info.type == XCB_RENDER_PICT_TYPE_DIRECT && info.depth == X11Pixmap::depth && d.red_shift == 16 &&
        d.green_shift == 8 && d.blue_shift == 0 && d.red_mask == 0xFF && d.green_mask == 0xFF && d.blue_mask == 0xFF &&
        d.alpha_mask == 0)
      return info.id;
  }
  return XCB_NONE;
}

/// What is read at once where the whole is not needed: stays in the processor's cache and, as a reply, does
/// not hold up other clients.
constexpr std::ptrdiff_t band_bytes = 256 << 10;

/// As many rows as band_bytes hold; a multiple of 4, so that no square of 4x4 is cut.
int band_rows(const X11PixelFormat& format, int width) {
  return static_cast<int>(std::max<std::ptrdiff_t>(band_bytes / format.row_bytes(width) / 4 * 4, 4));
}

}  // namespace

X11Pixmap::X11Pixmap(const x11::Connection& connection, int width, int height)
    : connection_(connection), id_(xcb_generate_id(connection.get())) {
  xcb_create_pixmap(connection.get(), depth, id_, connection.root(), static_cast<std::uint16_t>(width),
                    static_cast<std::uint16_t>(height));
}

std::optional<X11Scaler> X11Scaler::open(const x11::Connection& connection) {
  const auto formats = query_formats(connection);
  if (!formats) return std::nullopt;
  const auto root = format_of_visual(*formats, connection.screen().root_visual);
  const auto scaled = bgrx_format(*xcb_get_setup(connection.get()), *formats);
  if (root == XCB_NONE || scaled == XCB_NONE) return std::nullopt;
  return X11Scaler(connection, root, scaled);
}

X11Scaler::Drawing X11Scaler::quarter(const X11Area& area, const X11Pixmap& into) const {
  const X11Pixmap half(*connection_, area.width / 2, area.height / 2);
  const RenderPicture screen(*connection_, connection_->root(), root_);
  const RenderPicture between(*connection_, half.id(), scaled_);
  const RenderPicture result(*connection_, into.id(), scaled_);
  return {screen.halve_into(between, area.x, area.y, area.width / 2, area.height / 2),
          between.halve_into(result, 0, 0, quarter_size(area.width), quarter_size(area.height))};
}

bool X11Scaler::drawn(const Drawing& drawing) const {
  // Without one of its drawables or pictures, drawing fails too. What is not asked for stays in XCB's memory.
  const x11::Owned<xcb_generic_error_t> first(xcb_request_check(connection_->get(), drawing.half));
  const x11::Owned<xcb_generic_error_t> second(xcb_request_check(connection_->get(), drawing.quarter));
  return !first && !second;
}

Result<X11Camera> X11Camera::open(const x11::Connection& connection, const X11Ways& allowed) {
  const auto format = root_pixel_format(connection);
  if (!format) return format.error();
  std::optional<X11Scaler> scaler;
  if (allowed.render) scaler = X11Scaler::open(connection);
  std::optional<X11SharedMemoryKind> shared;
  if (allowed.shared_memory) shared = find_shared_memory_kind(connection, allowed.descriptors);
  return X11Camera(connection, *format, scaler, shared);
}

std::string X11Camera::way() const {
  const std::string scaled = scaler_ ? "XRender, " : "";
  if (!shared_) return scaled + "XGetImage";
  return scaled +
         (shared_ == X11SharedMemoryKind::descriptor ? "shared memory by descriptor" : "shared memory of System V");
}

Result<ImageView> X11Camera::take(const X11Area& area, bool quarter) {
  put_away();
  if (!quarter) return take_whole(connection_->root(), area, format_);
  if (scaler_ && X11Scaler::suits(area)) {
    auto scaled = take_scaled(area);
    if (scaled || !connection_->alive()) return scaled;
  }
  return take_reduced(area);
}

void X11Camera::put_away() noexcept {
  reader_.reset();
  image_ = Image();
}

Result<ImageView> X11Camera::take_scaled(const X11Area& area) {
  const X11Area scaled{0, 0, quarter_size(area.width), quarter_size(area.height)};
  const X11Pixmap pixmap(*connection_, scaled.width, scaled.height);
  const auto drawing = scaler_->quarter(area, pixmap);
  auto taken = take_whole(pixmap.id(), scaled, X11PixelFormat{});
  // Where nothing was drawn there is what lay in the server's memory before.
  if (!scaler_->drawn(drawing)) return Error{ErrorCode::unavailable, "the X server cannot scale the screen"};
  return taken;
}

Result<ImageView> X11Camera::take_whole(xcb_drawable_t drawable, const X11Area& area, const X11PixelFormat& format) {
  const std::ptrdiff_t stride = format.row_bytes(area.width);
  const auto size = static_cast<std::size_t>(stride * area.height);
  if (shared_ && format.is_bgrx()) {
    reader_.emplace(*connection_, shared_, size);
    if (reader_->shares_memory()) {
      const auto pixels = reader_->read(drawable, area, size);
      if (!pixels) return pixels.error();
      return ImageView{*pixels, area.width, area.height, stride};
    }
  }
  image_ = Image(area.width, area.height);
  const ImageView view = image_.view();
  const auto read = read_bands(drawable, area, format, [&](const X11Area& band, std::uint8_t* raw) {
    convert_to_bgrx(format, raw, {view.row(band.y - area.y), band.width, band.height, view.stride});
  });
  if (!read) return read.error();
  return view;
}

Result<ImageView> X11Camera::take_reduced(const X11Area& area) {
  image_ = Image(quarter_size(area.width), quarter_size(area.height));
  const ImageView view = image_.view();
  Image converted;
  if (!format_.is_bgrx()) converted = Image(area.width, band_rows(format_, area.width));
  const auto reduce = [&](const X11Area& band, std::uint8_t* raw) {
    ImageView rows{raw, band.width, band.height, format_.row_bytes(band.width)};
    if (!format_.is_bgrx()) {
      rows = converted.view();
      rows.height = band.height;
      convert_to_bgrx(format_, raw, rows);
    }
    reduce_to_quarter(rows, {view.row((band.y - area.y) / 4), view.width, quarter_size(band.height), view.stride});
  };
  const auto read = read_bands(connection_->root(), area, format_, reduce);
  if (!read) return read.error();
  return view;
}

template <class Use>
Result<void> X11Camera::read_bands(xcb_drawable_t drawable, const X11Area& area, const X11PixelFormat& format,
                                   Use use) {
  const std::ptrdiff_t stride = format.row_bytes(area.width);
  const int rows = std::min(band_rows(format, area.width), area.height);
  reader_.emplace(*connection_, shared_, static_cast<std::size_t>(stride * rows));
  for (int y = 0; y < area.height; y += rows) {
    const X11Area band{area.x, area.y + y, area.width, std::min(rows, area.height - y)};
    const auto raw = reader_->read(drawable, band, static_cast<std::size_t>(stride * band.height));
    if (!raw) return raw.error();
    use(band, *raw);
  }
  return {};
}

}  // namespace activitytrack
