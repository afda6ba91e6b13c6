#include "screen/x11_pixels.hpp"

#include <fcntl.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>
#include <xcb/shm.h>

#include <bit>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

namespace activitytrack {
namespace {

const xcb_visualtype_t* root_visual(const xcb_screen_t& screen) {
  for (auto depths = xcb_screen_allowed_depths_iterator(&screen); depths.rem > 0; xcb_depth_next(&depths)) {
    auto visuals = xcb_depth_visuals_iterator(depths.data);
    for (; visuals.rem > 0; xcb_visualtype_next(&visuals)) {
      if (visuals.data->visual_id == screen.root_visual) return visuals.data;
    }
  }
  return nullptr;
}

std::uint32_t read_pixel(const std::uint8_t* raw, int bytes, bool high_byte_first) {
  std::uint32_t pixel = 0;
  for (int i = 0; i < bytes; ++i) {
    const int shift = 8 * (high_byte_first ? bytes - 1 - i : i);
    pixel |= std::uint32_t{raw[i]} << shift;
  }
  return pixel;
}

/// A channel of a pixel, spread to 0 to 255.
class Channel {
 public:
  explicit Channel(std::uint32_t mask)
      : mask_(mask), shift_(mask == 0 ? 0 : std::countr_zero(mask)), most_(mask >> shift_) {}

  std::uint8_t of(std::uint32_t pixel) const {
    if (most_ == 0xFF) return static_cast<std::uint8_t>((pixel & mask_) >> shift_);
    if (most_ == 0) return 0;
    return static_cast<std::uint8_t>((std::uint64_t{(pixel & mask_) >> shift_} * 255 + most_ / 2) / most_);
  }

 private:
  std::uint32_t mask_;
  int shift_;
  std::uint32_t most_;
};

/// The memory in this process, and by what the server finds it: a descriptor or a segment's id.
struct Mapped {
  std::uint8_t* data = nullptr;
  int handle = -1;
};

Mapped map_file(std::size_t size) {
  const int fd = memfd_create("activitytrack screen", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return {};
  // A server that made it shorter would end this process as it reads (SIGBUS).
  const bool fixed =
      ftruncate(fd, static_cast<off_t>(size)) == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL) == 0;
  void* const data = fixed ? mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
  if (data != MAP_FAILED) return {static_cast<std::uint8_t*>(data), fd};
  close(fd);
  return {};
}

Mapped map_segment(std::size_t size) {
  const int id = shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
  if (id < 0) return {};
  void* const data = shmat(id, nullptr, 0);
  // Linux lets the server attach it all the same, and nobody has to clean up after a kill.
  shmctl(id, IPC_RMID, nullptr);
  if (data == reinterpret_cast<void*>(-1)) return {};
  return {static_cast<std::uint8_t*>(data), id};
}

Error not_read(const x11::Connection& connection) {
  if (auto alive = connection.alive(); !alive) return alive.error();
  return Error{ErrorCode::conflict, "the screen of the X display " + connection.display() +
                                        " changed its size while it was captured; try again"};
}

}  // namespace

const xcb_format_t* pixmap_format(const xcb_setup_t& setup, std::uint8_t depth) {
  for (auto formats = xcb_setup_pixmap_formats_iterator(&setup); formats.rem > 0; xcb_format_next(&formats)) {
    if (formats.data->depth == depth) return formats.data;
  }
  return nullptr;
}

Result<X11PixelFormat> root_pixel_format(const x11::Connection& connection) {
  const xcb_setup_t& setup = *xcb_get_setup(connection.get());
  const xcb_screen_t& screen = connection.screen();
  const xcb_visualtype_t* const visual = root_visual(screen);
  const xcb_format_t* const layout = pixmap_format(setup, screen.root_depth);
  const bool true_colour = visual != nullptr && (visual->_class == XCB_VISUAL_CLASS_TRUE_COLOR ||
                                                 visual->_class == XCB_VISUAL_CLASS_DIRECT_COLOR);
  const int bits = layout == nullptr ? 0 : layout->bits_per_pixel;
  if (!true_colour || (bits != 16 && bits != 24 && bits != 32)) {
    return Error{ErrorCode::unsupported, "the X display " + connection.display() + " has a screen of depth " +
                                             std::to_string(screen.root_depth) +
                                             " that no screenshot can be taken of; start it with depth 24"};
  }
  return X11PixelFormat{bits,
                        layout->scanline_pad,
                        setup.image_byte_order == XCB_IMAGE_ORDER_MSB_FIRST,
                        visual->red_mask,
                        visual->green_mask,
                        visual->blue_mask};
}

void convert_to_bgrx(const X11PixelFormat& format, const std::uint8_t* raw, ImageView into) {
  const std::ptrdiff_t row_bytes = format.row_bytes(into.width);
  const int bytes = format.bits / 8;
  const Channel red(format.red), green(format.green), blue(format.blue);
  for (int y = 0; y < into.height; ++y, raw += row_bytes) {
    std::uint8_t* out = into.row(y);
    if (format.is_bgrx()) {
      std::memcpy(out, raw, static_cast<std::size_t>(row_bytes));
      continue;
    }
    for (int x = 0; x < into.width; ++x, out += 4) {
      const std::uint32_t pixel = read_pixel(raw + x * bytes, bytes, format.high_byte_first);
      out[0] = blue.of(pixel);
      out[1] = green.of(pixel);
      out[2] = red.of(pixel);
      out[3] = 0xFF;
    }
  }
}

/// Memory that this process and a server share. Neither kind outlives the two, however they end.
class X11SharedMemory {
 public:
  /// Null where the system or the server refuses. `connection` is borrowed.
  static std::unique_ptr<X11SharedMemory> make(const x11::Connection& connection, X11SharedMemoryKind kind,
                                               std::size_t size) {
    const Mapped mapped = kind == X11SharedMemoryKind::descriptor ? map_file(size) : map_segment(size);
    if (mapped.data == nullptr) return nullptr;
    std::unique_ptr<X11SharedMemory> memory(new X11SharedMemory(connection, kind, mapped.data, size));
    if (!memory->attach(static_cast<std::uint32_t>(mapped.handle))) return nullptr;
    return memory;
  }
  X11SharedMemory(const X11SharedMemory&) = delete;
  X11SharedMemory& operator=(const X11SharedMemory&) = delete;

  ~X11SharedMemory() {
    if (segment_ != XCB_NONE) {
      xcb_shm_detach(connection_.get(), segment_);
      xcb_flush(connection_.get());
    }
    explicit_bzero(data_, size_);
    if (kind_ == X11SharedMemoryKind::descriptor) {
      munmap(data_, size_);
    } else {
      shmdt(data_);
    }
  }

  std::uint8_t* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  xcb_shm_seg_t segment() const noexcept { return segment_; }

 private:
  X11SharedMemory(const x11::Connection& connection, X11SharedMemoryKind kind, std::uint8_t* data, std::size_t size)
      : connection_(connection), kind_(kind), data_(data), size_(size) {}

  /// Of a descriptor, XCB closes it once it is sent.
  bool attach(std::uint32_t handle) {
    auto* const xcb = connection_.get();
    const xcb_shm_seg_t segment = xcb_generate_id(xcb);
    const auto cookie = kind_ == X11SharedMemoryKind::descriptor
                            ? xcb_shm_attach_fd_checked(xcb, segment, static_cast<std::int32_t>(handle), 0)
                            : xcb_shm_attach_checked(xcb, segment, handle, 0);
    const x11::Owned<xcb_generic_error_t> refused(xcb_request_check(xcb, cookie));
    if (refused || xcb_connection_has_error(xcb) != 0) return false;
    segment_ = segment;
    return true;
  }

  const x11::Connection& connection_;
  X11SharedMemoryKind kind_;
  std::uint8_t* data_;
  std::size_t size_;
  xcb_shm_seg_t segment_ = XCB_NONE;
};

std::optional<X11SharedMemoryKind> find_shared_memory_kind(const x11::Connection& connection, bool allow_descriptor) {
  using enum X11SharedMemoryKind;
  if (!x11::find_extension(connection, xcb_shm_id)) return std::nullopt;
  const auto version = x11::reply_to<xcb_shm_query_version_reply>(connection, xcb_shm_query_version(connection.get()));
  if (!version) return std::nullopt;
  const bool takes_descriptors =
      std::pair(version->major_version, version->minor_version) >= std::pair(std::uint16_t{1}, std::uint16_t{2});
  constexpr std::size_t for_a_try = 4096;
  if (allow_descriptor && takes_descriptors && X11SharedMemory::make(connection, descriptor, for_a_try))
    return descriptor;
  // In another container there is a server's socket, but not its System V memory.
  if (X11SharedMemory::make(connection, system_v, for_a_try)) return system_v;
  return std::nullopt;
}

void X11PixelReader::ReplyDeleter::operator()(xcb_get_image_reply_t* reply) const noexcept {
  explicit_bzero(xcb_get_image_data(reply), static_cast<std::size_t>(xcb_get_image_data_length(reply)));
  std::free(reply);
}

X11PixelReader::X11PixelReader(const x11::Connection& connection, std::optional<X11SharedMemoryKind> kind,
                               std::size_t capacity)
    : connection_(connection), memory_(kind ? X11SharedMemory::make(connection, *kind, capacity) : nullptr) {}

X11PixelReader::X11PixelReader(X11PixelReader&&) noexcept = default;
X11PixelReader::~X11PixelReader() = default;

Result<std::uint8_t*> X11PixelReader::read(xcb_drawable_t drawable, const X11Area& area, std::size_t size) {
  constexpr std::uint32_t all_planes = 0xFFFFFFFF;
  auto* const xcb = connection_.get();
  const auto x = static_cast<std::int16_t>(area.x), y = static_cast<std::int16_t>(area.y);
  const auto width = static_cast<std::uint16_t>(area.width), height = static_cast<std::uint16_t>(area.height);
  if (memory_ && size <= memory_->size()) {
    const auto cookie = xcb_shm_get_image(xcb, drawable, x, y, width, height, all_planes, XCB_IMAGE_FORMAT_Z_PIXMAP,
                                          memory_->segment(), 0);
    const auto reply = x11::reply_to<xcb_shm_get_image_reply>(connection_, cookie);
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
