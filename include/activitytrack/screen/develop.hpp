#pragma once

#include <activitytrack/core/result.hpp>
#include <activitytrack/core/screenshot.hpp>
#include <activitytrack/screen/screen_source.hpp>

#include <string>

namespace activitytrack {

/// How a capture becomes a picture. Lengths are px of the screen, so that they mean the same at every size of output.
struct DevelopOptions {
  enum class Obscuring { blur, pixels, none };

  /// How coarsely colour is kept, beside brightness.
  enum class Subsampling { none, half, quarter };  // 4:4:4, 4:2:2, 4:2:0

  Obscuring obscuring = Obscuring::blur;
  int blur_sigma = 8;      ///< of `blur`
  int pixel_block = 24;    ///< of `pixels`
  bool full_size = false;  ///< false: the picture is a quarter as wide and high as the screen
  int quality = 60;
  Subsampling subsampling = Subsampling::quarter;
};

/// Obscures `capture` in place, which shows a part of the screen of `width` x `height` px, in that size or, unless it
/// is to be sharp and in full size, at a quarter of it (ScreenSource::Request); scales it, and gives a JPEG with EXIF.
/// Sets width and height of `about`. `invalid_input` for a capture of another size.
Result<std::string> develop(ImageView capture, int width, int height, const DevelopOptions& options, Screenshot& about);

}  // namespace activitytrack
