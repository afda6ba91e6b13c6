#include "server/screenshots/thumbnail.hpp"
#include "screen/picture.hpp"

#include <algorithm>
#include <array>

namespace activitytrack::server {
namespace {

constexpr std::int64_t max_pixels = 8 << 20;  // of 4 bytes, after the decoder's own scaling
constexpr int quality = 75;

struct Span {
  int begin, end;
};

/// Which of `from` pixels make up pixel `at` of `to`.
Span span_of(int at, int from, int to) {
  const auto edge = [&](int i) { return static_cast<int>(std::int64_t{i} * from / to); };
  return {edge(at), std::max(edge(at + 1), edge(at) + 1)};
}

/// The mean of a rectangle.
void mean(const ConstImageView& from, Span xs, Span ys, std::uint8_t* into) {
  constexpr std::size_t colours = 3;
  std::array<std::uint32_t, colours> sums{};
  for (int y = ys.begin; y < ys.end; ++y) {
    const std::uint8_t* pixel = from.row(y) + 4 * xs.begin;
    for (int x = xs.begin; x < xs.end; ++x, pixel += 4) {
      for (std::size_t c = 0; c < colours; ++c) sums[c] += pixel[c];
    }
  }
  const auto count = static_cast<std::uint32_t>((xs.end - xs.begin) * (ys.end - ys.begin));
  for (std::size_t c = 0; c < colours; ++c) into[c] = static_cast<std::uint8_t>((sums[c] + count / 2) / count);
}

Image reduce(const ConstImageView& from, int width, int height) {
  Image reduced(width, height);
  const ImageView into = reduced.view();
  for (int y = 0; y < height; ++y) {
    const Span ys = span_of(y, from.height, height);
    for (int x = 0; x < width; ++x) mean(from, span_of(x, from.width, width), ys, into.row(y) + std::ptrdiff_t{4} * x);
  }
  return reduced;
}

}  // namespace

Result<std::string> make_thumbnail(std::string_view jpeg, int width) {
  const auto picture = decode_jpeg(jpeg, width, max_pixels);
  if (!picture) return picture.error();
  const JpegOptions options{.quality = quality};
  const ConstImageView view = picture->view();
  if (view.width <= width) return encode_jpeg(view, options);
  const auto height = static_cast<int>(std::int64_t{view.height} * width / view.width);
  const Image small = reduce(view, width, std::max(height, 1));
  return encode_jpeg(small.view(), options);
}

}  // namespace activitytrack::server
