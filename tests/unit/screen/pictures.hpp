#pragma once

#include <activitytrack/screen/screen_source.hpp>

#include "screen/image.hpp"

#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <vector>

namespace activitytrack::test {

/// A picture of noise in a larger memory: rows have gaps, and what lies in and around them is watched.
class FramedImage {
 public:
  FramedImage(int width, int height, int gap, unsigned seed)
      : stride_(4 * width + gap),
        bytes_(static_cast<std::size_t>(stride_ * height + 2 * frame)),
        width_(width),
        height_(height) {
    std::mt19937 random(seed);
    for (auto& byte : bytes_) byte = static_cast<std::uint8_t>(random());
    before_ = bytes_;
  }

  ImageView view() { return {bytes_.data() + frame, width_, height_, stride_}; }
  ConstImageView before() const { return {before_.data() + frame, width_, height_, stride_}; }

  /// Whether all that is no pixel is as it was.
  bool frame_is_untouched() {
    std::vector<std::uint8_t> now = bytes_;
    for (int y = 0; y < height_; ++y) {
      const auto row = static_cast<std::size_t>(frame + stride_ * y);
      std::memcpy(&now[row], &before_[row], static_cast<std::size_t>(4 * width_));
    }
    return now == before_;
  }

 private:
  static constexpr int frame = 100;
  std::ptrdiff_t stride_;
  std::vector<std::uint8_t> bytes_, before_;
  int width_, height_;
};

/// A picture whose colours are a function of the place.
inline Image painted(int width, int height, const std::function<std::uint8_t(int x, int y, int colour)>& paint) {
  Image image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) image.view().row(y)[4 * x + c] = paint(x, y, c);
    }
  }
  return image;
}

/// The greatest difference of a colour between two pictures of one size.
inline int greatest_difference(ConstImageView a, ConstImageView b) {
  int greatest = 0;
  for (int y = 0; y < a.height; ++y) {
    for (int i = 0; i < 4 * a.width; ++i) {
      if (i % 4 != 3) greatest = std::max(greatest, std::abs(a.row(y)[i] - b.row(y)[i]));
    }
  }
  return greatest;
}

}  // namespace activitytrack::test
