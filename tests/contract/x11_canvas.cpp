#include "x11_canvas.hpp"

#include "screen/x11_pixels.hpp"
#include "x11_desktop.hpp"

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

namespace activitytrack::test {
namespace {

/// One colour of a pixel in the screen's own bits.
std::uint32_t packed(std::uint8_t colour, std::uint32_t mask) {
  const int shift = std::countr_zero(mask);
  const std::uint32_t most = mask >> shift;
  return (colour * most + 127) / 255 << shift;
}

/// Rows as the server wants them.
std::vector<std::uint8_t> packed(ConstImageView picture, const X11PixelFormat& format) {
  const auto row_bytes = static_cast<std::size_t>(format.row_bytes(picture.width));
  std::vector<std::uint8_t> raw(row_bytes * static_cast<std::size_t>(picture.height));
  for (int y = 0; y < picture.height; ++y) {
    const std::uint8_t* from = picture.row(y);
    std::uint8_t* to = raw.data() + row_bytes * static_cast<std::size_t>(y);
    for (int x = 0; x < picture.width; ++x, from += 4) {
      const std::uint32_t pixel =
          packed(from[0], format.blue) | packed(from[1], format.green) | packed(from[2], format.red);
      for (int i = 0; i < format.bits / 8; ++i) *to++ = static_cast<std::uint8_t>(pixel >> 8 * i);
    }
  }
  return raw;
}

}  // namespace

X11Canvas::X11Canvas(int x, int y, int width, int height)
    : connection_(x11::Connection::open(test_display()).value()), window_(xcb_generate_id(connection_.get())) {
  const std::uint32_t values[] = {connection_.screen().black_pixel, 1};
  xcb_create_window(connection_.get(), XCB_COPY_FROM_PARENT, window_, connection_.root(), static_cast<std::int16_t>(x),
                    static_cast<std::int16_t>(y), static_cast<std::uint16_t>(width), static_cast<std::uint16_t>(height),
                    0, XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                    XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
}

std::pair<int, int> X11Canvas::screen_size() {
  const auto connection = x11::Connection::open(test_display()).value();
  const auto size =
      x11::reply_to<xcb_get_geometry_reply>(connection, xcb_get_geometry(connection.get(), connection.root()));
  return {size->width, size->height};
}

X11Canvas X11Canvas::covering(const Image& picture) {
  X11Canvas canvas(0, 0, picture.width(), picture.height());
  canvas.paint(picture);
  canvas.map();
  return canvas;
}

void X11Canvas::paint(const Image& picture) {
  const X11PixelFormat format = root_pixel_format(connection_).value();
  auto* const xcb = connection_.get();
  const xcb_pixmap_t pixmap = xcb_generate_id(xcb);
  const xcb_gcontext_t context = xcb_generate_id(xcb);
  const std::uint8_t depth = connection_.screen().root_depth;
  const auto width = static_cast<std::uint16_t>(picture.width());
  xcb_create_pixmap(xcb, depth, pixmap, connection_.root(), width, static_cast<std::uint16_t>(picture.height()));
  xcb_create_gc(xcb, context, pixmap, 0, nullptr);
  shown_ = Image(picture.width(), picture.height());
  constexpr int band = 16;
  for (int y = 0; y < picture.height(); y += band) {
    const ConstImageView all = picture.view();
    const int rows = std::min(band, picture.height() - y);
    const auto raw = packed({all.row(y), all.width, rows, all.stride}, format);
    xcb_put_image(xcb, XCB_IMAGE_FORMAT_Z_PIXMAP, pixmap, context, width, static_cast<std::uint16_t>(rows), 0,
                  static_cast<std::int16_t>(y), 0, depth, static_cast<std::uint32_t>(raw.size()), raw.data());
    const ImageView shown = shown_.view();
    convert_to_bgrx(format, raw.data(), {shown.row(y), shown.width, rows, shown.stride});
  }
  xcb_change_window_attributes(xcb, window_, XCB_CW_BACK_PIXMAP, &pixmap);
  xcb_free_gc(xcb, context);
  xcb_free_pixmap(xcb, pixmap);
}

void X11Canvas::name(std::string_view instance, std::string_view wm_class) {
  std::string both(instance);
  both += '\0';
  both += wm_class;
  both += '\0';
  xcb_change_property(connection_.get(), XCB_PROP_MODE_REPLACE, window_, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING, 8,
                      static_cast<std::uint32_t>(both.size()), both.data());
  sync();
}

void X11Canvas::set(xcb_window_t window, const char* property, xcb_atom_t type,
                    std::initializer_list<std::uint32_t> numbers) {
  xcb_change_property(connection_.get(), XCB_PROP_MODE_REPLACE, window, x11::intern_atom(connection_, property), type,
                      32, static_cast<std::uint32_t>(numbers.size()), numbers.begin());
  sync();
}

void X11Canvas::remove(xcb_window_t window, const char* property) {
  xcb_delete_property(connection_.get(), window, x11::intern_atom(connection_, property));
  sync();
}

void X11Canvas::map() {
  xcb_map_window(connection_.get(), window_);
  sync();
}

void X11Canvas::unmap() {
  xcb_unmap_window(connection_.get(), window_);
  sync();
}

void X11Canvas::move(int x, int y) {
  const std::uint32_t values[] = {static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y)};
  xcb_configure_window(connection_.get(), window_, XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y, values);
  sync();
}

void X11Canvas::put_into(const X11Canvas& parent) {
  xcb_reparent_window(connection_.get(), window_, parent.id(), 5, 5);
  sync();
}

void X11Canvas::show_cursor() {
  constexpr std::string_view name = "cursor";
  constexpr std::uint16_t gumby = 56;  // a picture of the font's, all over its square
  auto* const xcb = connection_.get();
  const xcb_font_t font = xcb_generate_id(xcb);
  const std::uint32_t cursor = xcb_generate_id(xcb);
  xcb_open_font(xcb, font, name.size(), name.data());
  xcb_create_glyph_cursor(xcb, cursor, font, font, gumby, gumby + 1, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0, 0);
  xcb_change_window_attributes(xcb, window_, XCB_CW_CURSOR, &cursor);
  sync();
}

void X11Canvas::saver(bool on) {
  xcb_force_screen_saver(connection_.get(), on ? XCB_SCREEN_SAVER_ACTIVE : XCB_SCREEN_SAVER_RESET);
  sync();
}

void X11Canvas::sync() {
  x11::reply_to<xcb_get_input_focus_reply>(connection_, xcb_get_input_focus(connection_.get()));
}

}  // namespace activitytrack::test
