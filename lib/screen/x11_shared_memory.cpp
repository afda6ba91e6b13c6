#include "screen/x11_shared_memory.hpp"

#include <fcntl.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include <utility>

namespace activitytrack {
namespace {

using x11::Owned;

/// The memory in this process, and what the server is told to find it by: a descriptor or a segment's id.
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

}  // namespace

std::optional<X11SharedMemory> X11SharedMemory::make(const x11::Connection& connection, X11SharedMemoryKind kind,
                                                     std::size_t size) {
  const Mapped mapped = kind == X11SharedMemoryKind::descriptor ? map_file(size) : map_segment(size);
  if (mapped.data == nullptr) return std::nullopt;
  X11SharedMemory memory(connection, kind, mapped.data, size);
  if (!memory.attach(static_cast<std::uint32_t>(mapped.handle))) return std::nullopt;
  return memory;
}

/// Of a descriptor, XCB closes it once it is sent.
bool X11SharedMemory::attach(std::uint32_t handle) {
  auto* const xcb = connection_.get();
  const xcb_shm_seg_t segment = xcb_generate_id(xcb);
  const auto cookie = kind_ == X11SharedMemoryKind::descriptor
                          ? xcb_shm_attach_fd_checked(xcb, segment, static_cast<std::int32_t>(handle), 0)
                          : xcb_shm_attach_checked(xcb, segment, handle, 0);
  const Owned<xcb_generic_error_t> refused(xcb_request_check(xcb, cookie));
  if (refused || xcb_connection_has_error(xcb) != 0) return false;
  segment_ = segment;
  return true;
}

X11SharedMemory::X11SharedMemory(X11SharedMemory&& other) noexcept
    : connection_(other.connection_),
      kind_(other.kind_),
      data_(std::exchange(other.data_, nullptr)),
      size_(other.size_),
      segment_(std::exchange(other.segment_, XCB_NONE)) {}

X11SharedMemory::~X11SharedMemory() {
  if (segment_ != XCB_NONE) {
    xcb_shm_detach(connection_.get(), segment_);
    xcb_flush(connection_.get());
  }
  if (data_ == nullptr) return;
  explicit_bzero(data_, size_);
  if (kind_ == X11SharedMemoryKind::descriptor) {
    munmap(data_, size_);
  } else {
    shmdt(data_);
  }
}

std::optional<X11SharedMemoryKind> find_shared_memory_kind(const x11::Connection& connection, bool allow_descriptor) {
  using enum X11SharedMemoryKind;
  const auto* const extension = xcb_get_extension_data(connection.get(), &xcb_shm_id);
  if (extension == nullptr || extension->present == 0) return std::nullopt;
  const Owned<xcb_shm_query_version_reply_t> version(
      xcb_shm_query_version_reply(connection.get(), xcb_shm_query_version(connection.get()), nullptr));
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

}  // namespace activitytrack
