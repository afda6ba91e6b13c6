#include <activitytrack/screen/develop.hpp>

#include "screen/blur_lines.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace activitytrack {
namespace {

constexpr int pixel_bytes = 4;
constexpr int line_pixels = line_bytes / pixel_bytes;
constexpr double max_sigma = 1000;

/// Room for the lines of the longer side, twice.
class Lines {
 public:
  explicit Lines(int count) : size_(static_cast<std::size_t>(count) * line_bytes), bytes_(2 * size_) {}

  std::uint8_t* lines() noexcept { return bytes_.data(); }
  std::uint8_t* scratch() noexcept { return bytes_.data() + size_; }

 private:
  std::size_t size_;
  std::vector<std::uint8_t, ErasingAllocator<std::uint8_t>> bytes_;
};

/// Columns x and up to 15 more, from above to below: a line is a piece of a row.
void blur_down(MutableImageView image, int x, Lines& room, const BoxRadii& radii) {
  const auto bytes = static_cast<std::size_t>(pixel_bytes * std::min(line_pixels, image.width - x));
  const auto place = [&](int y) { return image.row(y) + pixel_bytes * x; };
  std::uint8_t* line = room.lines();
  for (int y = 0; y < image.height; ++y, line += line_bytes) std::memcpy(line, place(y), bytes);
  line = blur_lines(room.lines(), room.scratch(), image.height, radii);
  for (int y = 0; y < image.height; ++y, line += line_bytes) std::memcpy(place(y), line, bytes);
}

/// Rows y and up to 15 more, from left to right: a line is a piece of a column.
void blur_across(MutableImageView image, int y, Lines& room, const BoxRadii& radii) {
  const int rows = std::min(line_pixels, image.height - y);
  for (int r = 0; r < rows; ++r) {
    const std::uint8_t* from = image.row(y + r);
    std::uint8_t* line = room.lines() + pixel_bytes * r;
    for (int x = 0; x < image.width; ++x, line += line_bytes, from += pixel_bytes) std::memcpy(line, from, pixel_bytes);
  }
  const std::uint8_t* const blurred = blur_lines(room.lines(), room.scratch(), image.width, radii);
  for (int r = 0; r < rows; ++r) {
    const std::uint8_t* line = blurred + pixel_bytes * r;
    std::uint8_t* to = image.row(y + r);
    for (int x = 0; x < image.width; ++x, line += line_bytes, to += pixel_bytes) std::memcpy(to, line, pixel_bytes);
  }
}

}  // namespace

void gaussian_blur(MutableImageView image, double sigma) {
  if (!(sigma > 0) || image.width <= 0 || image.height <= 0) return;
  const BoxRadii radii = box_radii(std::min(sigma, max_sigma));
  if (radii.back() == 0) return;
  Lines room(std::max(image.width, image.height));
  for (int y = 0; y < image.height; y += line_pixels) blur_across(image, y, room, radii);
  for (int x = 0; x < image.width; x += line_pixels) blur_down(image, x, room, radii);
}

}  // namespace activitytrack
