#pragma once

#include <activitytrack/core/result.hpp>
#include <activitytrack/screen/develop.hpp>
#include <activitytrack/screen/image.hpp>

#include <array>
#include <string>
#include <vector>

namespace activitytrack {

/// A picture as a JPEG keeps it: brightness, and two colours that may be coarser. Sides of planes are rounded
/// up to whole squares of brightness for each value of colour.
struct JpegPlanes {
  JpegPlanes(int width_px, int height_px, Subsampling coarseness);

  int width;
  int height;
  Subsampling subsampling;
  std::array<int, 3> widths;
  std::array<int, 3> heights;
  std::vector<std::uint8_t, ErasingAllocator<std::uint8_t>> bytes;
  std::array<std::uint8_t*, 3> planes;  ///< in `bytes`, rows without gaps
};

/// As encode_jpeg(); subsampling is that of the planes.
Result<std::string> encode_jpeg(const JpegPlanes& planes, const JpegOptions& options);

}  // namespace activitytrack
