#pragma once

#include <activitytrack/core/result.hpp>
#include <activitytrack/core/screenshot.hpp>
#include <activitytrack/screen/image.hpp>

#include <string>
#include <string_view>

namespace activitytrack {

// What makes a picture unreadable. All work at every size from 1x1 up, and give the same bytes on every
// machine. The fourth byte of each pixel is ignored, and undefined afterwards.

/// Blurs in place by a Gaussian of standard deviation `sigma` px (0 to 1000; 0 changes nothing), made of
/// three box filters of whole radii; beyond the edges the picture's border goes on. Its cost does not depend
/// on sigma. Source: P. Kovesi, "Fast almost-Gaussian filtering", DICTA 2010.
void gaussian_blur(MutableImageView image, double sigma);

/// Replaces each square of `block` px (1 and more), counted from the upper left, by its mean colour.
void pixelate(MutableImageView image, int block);

/// The mean of each square of 4x4 pixels; at the right and lower edge of what is left of one. `into` has
/// quarter_size() of `from`'s sides.
void reduce_to_quarter(ImageView from, MutableImageView into);
constexpr int quarter_size(int side) noexcept { return (side + 3) / 4; }

/// How coarsely colour is kept, beside brightness.
enum class Subsampling { none, half, quarter };  // 4:4:4, 4:2:2, 4:2:0

struct JpegOptions {
  int quality = 60;  ///< 1 to 100
  Subsampling subsampling = Subsampling::quarter;
  std::string_view exif{};  ///< an EXIF block to put in; "" for none
};

/// A baseline JPEG (JFIF). At most 65,500 px a side; else `invalid_input`.
Result<std::string> encode_jpeg(ImageView image, const JpegOptions& options);

/// Decodes one from an untrusted source, scaled down by 1/2, 1/4 or 1/8 as far as it then still fills `want` px
/// of its longer side; 0: not scaled. Damaged, and larger than `max_pixels` after scaling: `invalid_input`.
Result<Image> decode_jpeg(std::string_view jpeg, int want = 0, std::int64_t max_pixels = 64LL << 20);

enum class Obscuring { blur, pixels, none };

/// How a capture becomes a picture. Lengths are px of the screen, so that they mean the same at every size of
/// output.
struct DevelopOptions {
  Obscuring obscuring = Obscuring::blur;
  int blur_sigma = 8;      ///< of `blur`
  int pixel_block = 24;    ///< of `pixels`
  bool full_size = false;  ///< false: the picture is a quarter as wide and high as the screen
  int quality = 60;
  Subsampling subsampling = Subsampling::quarter;
};

/// Whether a capture is wanted at a quarter of the screen's size: what is obscured never needs more, and a
/// small output neither.
constexpr bool wants_quarter(const DevelopOptions& o) noexcept {
  return o.obscuring != Obscuring::none || !o.full_size;
}

/// Obscures `capture` in place, at the scale that wants_quarter() says it has, enlarges it where full size is
/// wanted to `width` x `height` (the screen's), and gives a JPEG with EXIF. Sets width and height of `about`.
Result<std::string> develop(MutableImageView capture, int width, int height, const DevelopOptions& options,
                            Screenshot& about);

}  // namespace activitytrack
