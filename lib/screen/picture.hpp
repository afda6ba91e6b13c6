#pragma once

#include <activitytrack/core/result.hpp>
#include <activitytrack/core/screenshot.hpp>
#include <activitytrack/screen/develop.hpp>

#include "screen/image.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Put before a function whose loops the compiler turns into vectors: it is compiled twice, and the processor
/// chooses at the program's start. Arithmetic in it is of whole numbers, so that both give the same bytes.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(ACTIVITYTRACK_PORTABLE)
#define ACTIVITYTRACK_VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define ACTIVITYTRACK_VECTORS
#endif

namespace activitytrack {

// What develop() is made of.

/// Whether a capture is wanted at a quarter of the screen's size: what is obscured never needs more, and a
/// small output neither.
constexpr bool wants_quarter(const DevelopOptions& o) noexcept {
  return o.obscuring != DevelopOptions::Obscuring::none || !o.full_size;
}

// What makes a picture unreadable. All work at every size from 1x1 up, and give the same bytes on every
// machine. The fourth byte of each pixel is ignored, and undefined afterwards.

/// Blurs in place by a Gaussian of standard deviation `sigma` px (0 to 1000; 0 changes nothing), made of
/// three box filters of whole radii; beyond the edges the picture's border goes on. Its cost does not depend
/// on sigma. Source: P. Kovesi, "Fast almost-Gaussian filtering", DICTA 2010.
void gaussian_blur(ImageView image, double sigma);

/// Replaces each square of `block` px (1 and more), counted from the upper left, by its mean colour.
void pixelate(ImageView image, int block);

struct JpegOptions {
  int quality = 60;  ///< 1 to 100
  DevelopOptions::Subsampling subsampling = DevelopOptions::Subsampling::quarter;
  std::string_view exif{};  ///< an EXIF block to put in; "" for none
};

/// A baseline JPEG (JFIF). At most 65,500 px a side; else `invalid_input`.
Result<std::string> encode_jpeg(ConstImageView image, const JpegOptions& options);

/// Decodes one from an untrusted source, scaled down by 1/2, 1/4 or 1/8 as far as it then still fills `want` px
/// of its longer side; 0: not scaled. Damaged, and larger than `max_pixels` after scaling: `invalid_input`.
Result<Image> decode_jpeg(std::string_view jpeg, int want = 0, std::int64_t max_pixels = 64LL << 20);

/// The radii of three box filters that together come near to a Gaussian; the lesser ones first.
using BoxRadii = std::array<int, 3>;
BoxRadii box_radii(double sigma) noexcept;

/// A picture as a JPEG keeps it: brightness, and two colours that may be coarser. Sides of planes are rounded
/// up to whole squares of brightness for each value of colour.
struct JpegPlanes {
  JpegPlanes(int width_px, int height_px, DevelopOptions::Subsampling coarseness);

  int width;
  int height;
  DevelopOptions::Subsampling subsampling;
  std::array<int, 3> widths;
  std::array<int, 3> heights;
  std::vector<std::uint8_t, ErasingAllocator<std::uint8_t>> bytes;
  std::array<std::uint8_t*, 3> planes;  ///< in `bytes`, rows without gaps
};

/// As encode_jpeg(); subsampling is that of the planes.
Result<std::string> encode_jpeg(const JpegPlanes& planes, const JpegOptions& options);

/// A picture of quarter_size() sides at the size it was, `width` x `height`: between the middles of its pixels, colours
/// change evenly (bilinear). As planes, since what is coarse there need not be made fine first.
JpegPlanes enlarge_quarter(ConstImageView quarter, int width, int height, DevelopOptions::Subsampling subsampling);

/// An EXIF block that says when and where a screenshot was taken: DateTimeOriginal on the machine's own
/// clock, SubSecTimeOriginal, OffsetTimeOriginal, the machine in HostComputer, zone and monitor in
/// ImageDescription ("Europe/Berlin, HDMI-1"), the program in Software, and what the standard demands.
/// Source: CIPA DC-008 (Exif 2.31). At most 64 KiB.
std::string screenshot_exif(const Screenshot& screenshot);

/// A picture's look in 256 bits, to see whether the screen has changed between two: each says whether
/// brightness grows from one cell to the next of a 17x16 grid. It never leaves the agent. Source: N. Krawetz,
/// "Kind of Like That" (dHash), 2013, with a finer grid.
using PerceptualHash = std::array<std::uint64_t, 4>;

PerceptualHash perceptual_hash(ConstImageView image);

/// In how many bits they differ, 0 to 256.
int hash_distance(const PerceptualHash& a, const PerceptualHash& b) noexcept;

}  // namespace activitytrack
