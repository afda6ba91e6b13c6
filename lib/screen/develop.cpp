#include <activitytrack/screen/develop.hpp>

#include "screen/exif.hpp"

#include "screen/enlarge.hpp"

#include <algorithm>

namespace activitytrack {
namespace {

void obscure(MutableImageView capture, const DevelopOptions& options) {
  switch (options.obscuring) {
    case Obscuring::blur:
      return gaussian_blur(capture, options.blur_sigma / 4.0);
    case Obscuring::pixels:
      return pixelate(capture, std::max(1, (options.pixel_block + 2) / 4));
    case Obscuring::none:
      return;
  }
}

}  // namespace

Result<std::string> develop(MutableImageView capture, int width, int height, const DevelopOptions& options,
                            Screenshot& about) {
  const bool quarter = wants_quarter(options);
  if (quarter && (capture.width != quarter_size(width) || capture.height != quarter_size(height))) {
    return Error{ErrorCode::invalid_input, "a capture that is to be obscured must be a quarter of the screen's size"};
  }
  obscure(capture, options);
  const bool enlarge = options.full_size && quarter;
  about.width = enlarge ? width : capture.width;
  about.height = enlarge ? height : capture.height;
  const std::string exif = screenshot_exif(about);
  const JpegOptions jpeg{options.quality, options.subsampling, exif};
  if (!enlarge) return encode_jpeg(capture, jpeg);
  return encode_jpeg(enlarge_quarter(capture, width, height, options.subsampling), jpeg);
}

}  // namespace activitytrack
