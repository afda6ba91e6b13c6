#pragma once

#include <activitytrack/screen/screen_source.hpp>

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

/// An ImageView whose pixels are only looked at.
struct ConstImageView {
  ConstImageView(ImageView view) : ConstImageView(view.pixels, view.width, view.height, view.stride) {}
  ConstImageView(const std::uint8_t* p, int w, int h, std::ptrdiff_t s) : pixels(p), width(w), height(h), stride(s) {}

  const std::uint8_t* pixels;
  int width;
  int height;
  std::ptrdiff_t stride;

  const std::uint8_t* row(int y) const noexcept { return pixels + y * stride; }
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
  ConstImageView view() const noexcept { return {bytes_.data(), width_, height_, std::ptrdiff_t{4} * width_}; }
  ImageView view() noexcept { return {bytes_.data(), width_, height_, std::ptrdiff_t{4} * width_}; }

 private:
  std::vector<std::uint8_t, ErasingAllocator<std::uint8_t>> bytes_;
  int width_ = 0;
  int height_ = 0;
};

/// The mean of each square of 4x4 pixels; at the right and lower edge of what is left of one. `into` has
/// quarter_size() of `from`'s sides.
void reduce_to_quarter(ConstImageView from, ImageView into);
constexpr int quarter_size(int side) noexcept { return (side + 3) / 4; }

}  // namespace activitytrack
