#pragma once

#include <activitytrack/core/result.hpp>
#include <activitytrack/screen/image.hpp>

#include <string>
#include <string_view>

namespace activitytrack {

/// How coarsely colour is kept, beside brightness.
enum class Subsampling { none, half, quarter };  // 4:4:4, 4:2:2, 4:2:0

struct JpegOptions {
  int quality = 60;  ///< 1 to 100
  Subsampling subsampling = Subsampling::quarter;
  std::string_view exif{};  ///< an EXIF block to put in (screen/exif.hpp); "" for none
};

/// A baseline JPEG (JFIF). At most 65,500 px a side; else `invalid_input`.
Result<std::string> encode_jpeg(ImageView image, const JpegOptions& options);

/// Decodes one that may be anybody's, scaled down by 1/2, 1/4 or 1/8 as far as it then still fills `want` px
/// of its longer side; 0: not scaled. Damaged, and larger than `max_pixels` after scaling: `invalid_input`.
Result<Image> decode_jpeg(std::string_view jpeg, int want = 0, std::int64_t max_pixels = 64LL << 20);

}  // namespace activitytrack
