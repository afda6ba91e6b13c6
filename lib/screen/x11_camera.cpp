#include "screen/x11_camera.hpp"

#include <activitytrack/screen/develop.hpp>

#include <algorithm>
#include <utility>

namespace activitytrack {
namespace {

/// What is read at once where the whole is not needed: stays in the processor's cache and, as a reply, does
/// not hold up other clients.
constexpr std::ptrdiff_t band_bytes = 256 << 10;

/// As many rows as band_bytes hold; a multiple of 4, so that no square of 4x4 is cut.
int band_rows(const X11PixelFormat& format, int width) {
  return static_cast<int>(std::max<std::ptrdiff_t>(band_bytes / format.row_bytes(width) / 4 * 4, 4));
}

}  // namespace

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

Result<MutableImageView> X11Camera::take(const X11Area& area, bool quarter) {
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

Result<MutableImageView> X11Camera::take_scaled(const X11Area& area) {
  const X11Area scaled{0, 0, quarter_size(area.width), quarter_size(area.height)};
  const X11Pixmap pixmap(*connection_, scaled.width, scaled.height);
  const auto drawing = scaler_->quarter(area, pixmap);
  auto taken = take_whole(pixmap.id(), scaled, X11PixelFormat{});
  // Where nothing was drawn there is what lay in the server's memory before.
  if (!scaler_->drawn(drawing)) return Error{ErrorCode::unavailable, "the X server cannot scale the screen"};
  return taken;
}

Result<MutableImageView> X11Camera::take_whole(xcb_drawable_t drawable, const X11Area& area,
                                               const X11PixelFormat& format) {
  const std::ptrdiff_t stride = format.row_bytes(area.width);
  const auto size = static_cast<std::size_t>(stride * area.height);
  if (shared_ && format.is_bgrx()) {
    reader_.emplace(*connection_, shared_, size);
    if (reader_->shares_memory()) {
      const auto pixels = reader_->read(drawable, area, size);
      if (!pixels) return pixels.error();
      return MutableImageView{*pixels, area.width, area.height, stride};
    }
  }
  image_ = Image(area.width, area.height);
  const MutableImageView view = image_.view();
  const auto read = read_bands(drawable, area, format, [&](const X11Area& band, std::uint8_t* raw) {
    convert_to_bgrx(format, raw, {view.row(band.y - area.y), band.width, band.height, view.stride});
  });
  if (!read) return read.error();
  return view;
}

Result<MutableImageView> X11Camera::take_reduced(const X11Area& area) {
  image_ = Image(quarter_size(area.width), quarter_size(area.height));
  const MutableImageView view = image_.view();
  Image converted;
  if (!format_.is_bgrx()) converted = Image(area.width, band_rows(format_, area.width));
  const auto reduce = [&](const X11Area& band, std::uint8_t* raw) {
    MutableImageView rows{raw, band.width, band.height, format_.row_bytes(band.width)};
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
