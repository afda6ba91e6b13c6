#pragma once

#include <activitytrack/core/result.hpp>
#include <activitytrack/core/screenshot.hpp>
#include <activitytrack/screen/image.hpp>

#include <string>

namespace activitytrack {

/// The mean of each square of 4x4 pixels; at the right and lower edge of what is left of one. `into` has
/// quarter_size() of `from`'s sides.
void reduce_to_quarter(ImageView from, MutableImageView into);
constexpr int quarter_size(int side) noexcept { return (side + 3) / 4; }

/// How coarsely colour is kept, beside brightness.
enum class Subsampling { none, half, quarter };  // 4:4:4, 4:2:2, 4:2:0

enum class Obscuring { blur, pixels, none };

/// How a capture becomes a picture. Lengths are px of the screen, so that they mean the same at every size of output.
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
