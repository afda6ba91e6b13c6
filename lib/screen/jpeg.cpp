#include "screen/picture.hpp"

#include <string.h>
#include <turbojpeg.h>

#include <algorithm>
#include <memory>
#include <new>
#include <string_view>

namespace activitytrack {
namespace {

constexpr int max_side = 65'500;
constexpr std::size_t max_exif = 65'533;

struct JpegDeleter {
  unsigned long size = 0;
  void operator()(unsigned char* bytes) const noexcept {
    explicit_bzero(bytes, size);
    tjFree(bytes);
  }
};
struct CoderDeleter {
  void operator()(void* coder) const noexcept { tjDestroy(coder); }
};
using Coder = std::unique_ptr<void, CoderDeleter>;

TJSAMP samp(DevelopOptions::Subsampling subsampling) noexcept {
  constexpr TJSAMP in_turbojpeg[] = {TJSAMP_444, TJSAMP_422, TJSAMP_420};
  return in_turbojpeg[static_cast<std::size_t>(subsampling)];
}

std::size_t byte_at(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

/// Of the segment whose size is written there: with the two bytes of the size, without the marker.
std::size_t size_at(std::string_view bytes, std::size_t i) { return 256 * byte_at(bytes, i) + byte_at(bytes, i + 1); }

/// With an APP1 segment of `exif` behind the start and JFIF's own segment, which must come first.
std::string with_exif(std::string_view jpeg, std::string_view exif) {
  std::size_t place = 2;
  if (jpeg.size() > 6 && byte_at(jpeg, 2) == 0xFF && byte_at(jpeg, 3) == 0xE0) place += 2 + size_at(jpeg, 4);
  place = std::min(place, jpeg.size());
  const std::size_t size = exif.size() + 2;
  std::string whole;
  whole.reserve(jpeg.size() + size + 2);
  whole.append(jpeg.substr(0, place));
  if (!exif.empty()) {
    whole.append("\xFF\xE1").append({static_cast<char>(size >> 8), static_cast<char>(size & 255)}).append(exif);
  }
  return whole.append(jpeg.substr(place));
}

/// Runs `compress(coder, &bytes, &size)`, which is 0 when it went well.
template <class Compress>
Result<std::string> encode(int width, int height, std::string_view exif, Compress compress) {
  if (width < 1 || height < 1 || width > max_side || height > max_side) {
    return Error{ErrorCode::invalid_input, "a picture of " + std::to_string(width) + "x" + std::to_string(height) +
                                               " does not fit into a JPEG, which has 1 to 65,500 px a side"};
  }
  if (exif.size() > max_exif) return Error{ErrorCode::invalid_input, "an EXIF block is larger than 64 KiB"};
  const Coder coder(tjInitCompress());
  if (!coder) throw std::bad_alloc();
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const int failed = compress(coder.get(), &bytes, &size);
  const std::unique_ptr<unsigned char, JpegDeleter> owner(bytes, JpegDeleter{failed ? 0 : size});
  if (failed) {
    return Error{ErrorCode::invalid_input, std::string("cannot encode as JPEG: ") + tjGetErrorStr2(coder.get())};
  }
  return with_exif({reinterpret_cast<const char*>(bytes), size}, exif);
}

int checked_quality(const JpegOptions& options) noexcept { return std::clamp(options.quality, 1, 100); }

Error no_jpeg(std::string_view what) {
  return {ErrorCode::invalid_input, "is no JPEG that can be read: " + std::string(what)};
}

constexpr std::size_t baseline_frame = 0xC0;
constexpr std::size_t scan = 0xDA;

/// Tables, comments and what programs add. All have a length, so that this and the decoder skip the same bytes.
bool may_come_before_the_scan(std::size_t marker) {
  return marker == 0xC4 || marker == 0xDB || marker == 0xDD || (marker >= 0xE0 && marker <= 0xEF) || marker == 0xFE;
}

/// Whether it is a baseline JPEG with all colours in one scan. Others are kept in memory whole while they are
/// decoded, so that a few bytes can ask for gigabytes.
bool needs_little_memory(std::string_view jpeg) {
  std::size_t colours = 0;
  for (std::size_t at = 2; at + 4 <= jpeg.size();) {
    if (byte_at(jpeg, at) != 0xFF) return false;
    const std::size_t marker = byte_at(jpeg, at + 1);
    if (marker == 0xFF) {
      ++at;  // fill
      continue;
    }
    const std::size_t size = size_at(jpeg, at + 2);
    if (size < 2 || at + 2 + size > jpeg.size()) return false;
    if (marker == scan) return size >= 3 && colours && byte_at(jpeg, at + 4) == colours;
    if (marker == baseline_frame && size >= 8 && !colours) {
      colours = byte_at(jpeg, at + 9);
    } else if (!may_come_before_the_scan(marker)) {
      return false;
    }
    at += 2 + size;
  }
  return false;
}

/// The coarsest of the scales that still fills `want` px of the longer side.
tjscalingfactor scale_for(int longer, int want) {
  tjscalingfactor scale{1, 1};
  for (const int denominator : {2, 4, 8}) {
    const tjscalingfactor next{1, denominator};
    if (want > 0 && TJSCALED(longer, next) >= want) scale = next;
  }
  return scale;
}

}  // namespace

JpegPlanes::JpegPlanes(int width_px, int height_px, DevelopOptions::Subsampling coarseness)
    : width(width_px), height(height_px), subsampling(coarseness) {
  std::size_t size = 0;
  std::array<std::size_t, 3> begins{};
  for (std::size_t i = 0; i < 3; ++i) {
    widths[i] = tjPlaneWidth(static_cast<int>(i), width, samp(subsampling));
    heights[i] = tjPlaneHeight(static_cast<int>(i), height, samp(subsampling));
    begins[i] = size;
    size += static_cast<std::size_t>(widths[i]) * static_cast<std::size_t>(heights[i]);
  }
  bytes.resize(size);
  for (std::size_t i = 0; i < 3; ++i) planes[i] = bytes.data() + begins[i];
}

Result<std::string> encode_jpeg(ConstImageView image, const JpegOptions& options) {
  return encode(
      image.width, image.height, options.exif, [&](tjhandle coder, unsigned char** bytes, unsigned long* size) {
        return tjCompress2(coder, image.pixels, image.width, static_cast<int>(image.stride), image.height, TJPF_BGRX,
                           bytes, size, samp(options.subsampling), checked_quality(options), TJFLAG_FASTDCT);
      });
}

Result<std::string> encode_jpeg(const JpegPlanes& from, const JpegOptions& options) {
  return encode(from.width, from.height, options.exif, [&](tjhandle coder, unsigned char** bytes, unsigned long* size) {
    std::array<const unsigned char*, 3> planes{from.planes[0], from.planes[1], from.planes[2]};
    return tjCompressFromYUVPlanes(coder, planes.data(), from.width, from.widths.data(), from.height,
                                   samp(from.subsampling), bytes, size, checked_quality(options), TJFLAG_FASTDCT);
  });
}

Result<Image> decode_jpeg(std::string_view jpeg, int want, std::int64_t max_pixels) {
  const Coder coder(tjInitDecompress());
  if (!coder) throw std::bad_alloc();
  const auto* const bytes = reinterpret_cast<const unsigned char*>(jpeg.data());
  int width = 0, height = 0, subsampling = 0, colours = 0;
  if (tjDecompressHeader3(coder.get(), bytes, jpeg.size(), &width, &height, &subsampling, &colours)) {
    return no_jpeg(tjGetErrorStr2(coder.get()));
  }
  if (!needs_little_memory(jpeg)) return no_jpeg("it is not a baseline JPEG of a single scan");
  const tjscalingfactor scale = scale_for(std::max(width, height), want);
  width = TJSCALED(width, scale);
  height = TJSCALED(height, scale);
  if (std::int64_t{width} * height > max_pixels) {
    return no_jpeg("it has more than " + std::to_string(max_pixels) + " pixels");
  }
  Image image(width, height);
  if (tjDecompress2(coder.get(), bytes, jpeg.size(), image.view().pixels, width, 0, height, TJPF_BGRX,
                    TJFLAG_STOPONWARNING)) {
    return no_jpeg(tjGetErrorStr2(coder.get()));
  }
  return image;
}

}  // namespace activitytrack
