#pragma once

#include <string.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace activitytrack {

/// Memory that is erased before it is given back: for what was read from a screen.
template <class T>
struct ErasingAllocator {
  using value_type = T;

  ErasingAllocator() = default;
  template <class Other>
  ErasingAllocator(const ErasingAllocator<Other>&) noexcept {}

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) noexcept {
    ::explicit_bzero(memory, count * sizeof(T));
    std::allocator<T>().deallocate(memory, count);
  }

  friend bool operator==(const ErasingAllocator&, const ErasingAllocator&) = default;
};

/// Pixels that are someone else's: rows of `width` pixels of 4 bytes, blue, green, red and one that is
/// ignored. Row y begins `y * stride` bytes after row 0.
struct ImageView {
  const std::uint8_t* pixels = nullptr;
  int width = 0;
  int height = 0;
  std::ptrdiff_t stride = 0;  ///< bytes; at least 4 * width

  const std::uint8_t* row(int y) const noexcept { return pixels + y * stride; }
};

/// The same, to be changed.
struct MutableImageView {
  std::uint8_t* pixels = nullptr;
  int width = 0;
  int height = 0;
  std::ptrdiff_t stride = 0;

  std::uint8_t* row(int y) const noexcept { return pixels + y * stride; }
  operator ImageView() const noexcept { return {pixels, width, height, stride}; }
};

/// Pixels of its own, zeroed, rows without gaps. They are erased at the end.
class Image {
 public:
  Image() = default;

  /// Throws std::bad_alloc when there is no memory. Width and height are at most 65,535.
  Image(int width, int height)
      : bytes_(std::size_t{4} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height)),
        width_(width),
        height_(height) {}

  int width() const noexcept { return width_; }
  int height() const noexcept { return height_; }
  ImageView view() const noexcept { return {bytes_.data(), width_, height_, std::ptrdiff_t{4} * width_}; }
  MutableImageView view() noexcept { return {bytes_.data(), width_, height_, std::ptrdiff_t{4} * width_}; }

 private:
  std::vector<std::uint8_t, ErasingAllocator<std::uint8_t>> bytes_;
  int width_ = 0;
  int height_ = 0;
};

}  // namespace activitytrack
