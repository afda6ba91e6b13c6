#include "screen/x11_scaler.hpp"

#include <activitytrack/screen/develop.hpp>

#include <string_view>
#include <utility>

namespace activitytrack {
namespace {

using x11::Connection;
using x11::Owned;

/// A server's picture: a drawable, and how to draw from it or into it.
class Picture {
 public:
  Picture(const Connection& connection, xcb_drawable_t drawable, xcb_render_pictformat_t format)
      : connection_(connection), id_(xcb_generate_id(connection.get())) {
    const std::uint32_t values[] = {XCB_RENDER_REPEAT_PAD, XCB_SUBWINDOW_MODE_INCLUDE_INFERIORS};
    xcb_render_create_picture(connection.get(), id_, drawable, format,
                              XCB_RENDER_CP_REPEAT | XCB_RENDER_CP_SUBWINDOW_MODE, values);
  }
  Picture(const Picture&) = delete;
  Picture& operator=(const Picture&) = delete;
  ~Picture() { xcb_render_free_picture(connection_.get(), id_); }

  /// Fills `into` with what lies from (x, y) on, at half its size.
  xcb_void_cookie_t halve_into(const Picture& into, int x, int y, int width, int height) const {
    const auto fixed = [](int value) { return static_cast<xcb_render_fixed_t>(value) * 65536; };
    constexpr std::string_view filter = "bilinear";
    xcb_render_set_picture_filter(connection_.get(), id_, filter.size(), filter.data(), 0, nullptr);
    const xcb_render_transform_t twice{fixed(2), 0, fixed(x), 0, fixed(2), fixed(y), 0, 0, fixed(1)};
    xcb_render_set_picture_transform(connection_.get(), id_, twice);
    return xcb_render_composite_checked(connection_.get(), XCB_RENDER_PICT_OP_SRC, id_, XCB_NONE, into.id_, 0, 0, 0, 0,
                                        0, 0, static_cast<std::uint16_t>(width), static_cast<std::uint16_t>(height));
  }

 private:
  const Connection& connection_;
  xcb_render_picture_t id_;
};

using Formats = Owned<xcb_render_query_pict_formats_reply_t>;

Formats query_formats(const Connection& connection) {
  const auto* const extension = xcb_get_extension_data(connection.get(), &xcb_render_id);
  if (extension == nullptr || extension->present == 0) return nullptr;
  const auto ask_version = xcb_render_query_version(connection.get(), 0, 11);
  const auto ask_formats = xcb_render_query_pict_formats(connection.get());
  const Owned<xcb_render_query_version_reply_t> version(
      xcb_render_query_version_reply(connection.get(), ask_version, nullptr));
  Formats formats(xcb_render_query_pict_formats_reply(connection.get(), ask_formats, nullptr));
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
  bool padded = false;
  for (auto layouts = xcb_setup_pixmap_formats_iterator(&setup); layouts.rem > 0; xcb_format_next(&layouts))
    padded |= layouts.data->depth == X11Pixmap::depth && layouts.data->bits_per_pixel == 32;
  if (!padded) return XCB_NONE;
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

}  // namespace

X11Pixmap::X11Pixmap(const Connection& connection, int width, int height)
    : connection_(connection), id_(xcb_generate_id(connection.get())) {
  xcb_create_pixmap(connection.get(), depth, id_, connection.root(), static_cast<std::uint16_t>(width),
                    static_cast<std::uint16_t>(height));
}

std::optional<X11Scaler> X11Scaler::open(const Connection& connection) {
  const Formats formats = query_formats(connection);
  if (!formats) return std::nullopt;
  const auto root = format_of_visual(*formats, connection.screen().root_visual);
  const auto scaled = bgrx_format(*xcb_get_setup(connection.get()), *formats);
  if (root == XCB_NONE || scaled == XCB_NONE) return std::nullopt;
  return X11Scaler(connection, root, scaled);
}

X11Scaler::Drawing X11Scaler::quarter(const X11Area& area, const X11Pixmap& into) const {
  const X11Pixmap half(*connection_, area.width / 2, area.height / 2);
  const Picture screen(*connection_, connection_->root(), root_);
  const Picture between(*connection_, half.id(), scaled_);
  const Picture result(*connection_, into.id(), scaled_);
  return {screen.halve_into(between, area.x, area.y, area.width / 2, area.height / 2),
          between.halve_into(result, 0, 0, quarter_size(area.width), quarter_size(area.height))};
}

bool X11Scaler::drawn(const Drawing& drawing) const {
  // Without one of its drawables or pictures, drawing fails too. What is not asked for stays in XCB's memory.
  const Owned<xcb_generic_error_t> first(xcb_request_check(connection_->get(), drawing.half));
  const Owned<xcb_generic_error_t> second(xcb_request_check(connection_->get(), drawing.quarter));
  return !first && !second;
}

}  // namespace activitytrack
