#include "screen/x11_pixel_reader.hpp"

#include <string.h>

#include <cstdlib>

namespace activitytrack {
namespace {

constexpr std::uint32_t all_planes = 0xFFFFFFFF;

Error not_read(const x11::Connection& connection) {
  if (auto alive = connection.alive(); !alive) return alive.error();
  return Error{ErrorCode::busy, "the screen of the X display " + connection.display() +
                                    " changed its size while it was captured; try again"};
}

}  // namespace

void X11PixelReader::Erased::operator()(xcb_get_image_reply_t* reply) const noexcept {
  explicit_bzero(xcb_get_image_data(reply), static_cast<std::size_t>(xcb_get_image_data_length(reply)));
  std::free(reply);
}

X11PixelReader::X11PixelReader(const x11::Connection& connection, std::optional<X11SharedMemoryKind> kind,
                               std::size_t capacity)
    : connection_(connection) {
  if (!kind) return;
  if (auto memory = X11SharedMemory::make(connection, *kind, capacity)) memory_.emplace(std::move(*memory));
}

Result<std::uint8_t*> X11PixelReader::read(xcb_drawable_t drawable, const X11Area& area, std::size_t size) {
  auto* const xcb = connection_.get();
  const auto x = static_cast<std::int16_t>(area.x), y = static_cast<std::int16_t>(area.y);
  const auto width = static_cast<std::uint16_t>(area.width), height = static_cast<std::uint16_t>(area.height);
  if (memory_ && size <= memory_->size()) {
    const auto cookie = xcb_shm_get_image(xcb, drawable, x, y, width, height, all_planes, XCB_IMAGE_FORMAT_Z_PIXMAP,
                                          memory_->segment(), 0);
    const x11::Owned<xcb_shm_get_image_reply_t> reply(xcb_shm_get_image_reply(xcb, cookie, nullptr));
    if (!reply || reply->size < size) return not_read(connection_);
    return memory_->data();
  }
  reply_.reset();
  const auto cookie = xcb_get_image(xcb, XCB_IMAGE_FORMAT_Z_PIXMAP, drawable, x, y, width, height, all_planes);
  reply_.reset(xcb_get_image_reply(xcb, cookie, nullptr));
  if (!reply_ || static_cast<std::size_t>(xcb_get_image_data_length(reply_.get())) < size) return not_read(connection_);
  return xcb_get_image_data(reply_.get());
}

}  // namespace activitytrack
