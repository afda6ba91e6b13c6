#pragma once

#include <activitytrack/core/result.hpp>
#include <activitytrack/core/screenshot.hpp>
#include <activitytrack/screen/develop.hpp>
#include <activitytrack/screen/image.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

/// Put before a function whose loops the compiler turns into vectors: it is compiled twice, and the processor
/// chooses at the program's start. Arithmetic in it is of whole numbers, so that both give the same bytes.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(ACTIVITYTRACK_PORTABLE)
#define ACTIVITYTRACK_VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define ACTIVITYTRACK_VECTORS
#endif

namespace activitytrack {

// What develop() is made of beside the functions of its header.

/// The radii of three box filters that together come near to a Gaussian; the lesser ones first.
using BoxRadii = std::array<int, 3>;
BoxRadii box_radii(double sigma) noexcept;

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

/// A picture of quarter_size() sides at the size it was, `width` x `height`: between the middles of its
/// pixels, colours change evenly (bilinear). As planes, since what is coarse there need not be made fine
/// first.
JpegPlanes enlarge_quarter(ImageView quarter, int width, int height, Subsampling subsampling);

/// An EXIF block that says when and where a screenshot was taken: DateTimeOriginal on the machine's own
/// clock, SubSecTimeOriginal, OffsetTimeOriginal, the machine in HostComputer, zone and monitor in
/// ImageDescription ("Europe/Berlin, HDMI-1"), the program in Software, and what the standard demands.
/// Source: CIPA DC-008 (Exif 2.31). At most 64 KiB.
std::string screenshot_exif(const Screenshot& screenshot);

}  // namespace activitytrack
