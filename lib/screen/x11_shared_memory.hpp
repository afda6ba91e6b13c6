#pragma once

#include "x11/connection.hpp"

#include <xcb/shm.h>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace activitytrack {

/// How memory is shared with a server (MIT-SHM).
enum class X11SharedMemoryKind {
  descriptor,  ///< an anonymous file, handed over the socket: MIT-SHM 1.2
  system_v,    ///< a System V segment, marked for removal before the server has it
};

/// Memory that this process and a server share. Neither kind outlives the two, however they end.
class X11SharedMemory {
 public:
  /// Nothing where the system or the server refuses. `connection` is borrowed.
  static std::optional<X11SharedMemory> make(const x11::Connection& connection, X11SharedMemoryKind kind,
                                             std::size_t size);

  X11SharedMemory(X11SharedMemory&& other) noexcept;
  X11SharedMemory& operator=(X11SharedMemory&&) = delete;
  ~X11SharedMemory();

  std::uint8_t* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  xcb_shm_seg_t segment() const noexcept { return segment_; }

 private:
  X11SharedMemory(const x11::Connection& connection, X11SharedMemoryKind kind, std::uint8_t* data, std::size_t size)
      : connection_(connection), kind_(kind), data_(data), size_(size) {}

  bool attach(std::uint32_t handle);

  const x11::Connection& connection_;
  X11SharedMemoryKind kind_;
  std::uint8_t* data_;
  std::size_t size_;
  xcb_shm_seg_t segment_ = XCB_NONE;
};

/// The best kind that the server takes; nothing without MIT-SHM, or when it cannot reach this process's
/// memory.
std::optional<X11SharedMemoryKind> find_shared_memory_kind(const x11::Connection& connection, bool allow_descriptor);

}  // namespace activitytrack
