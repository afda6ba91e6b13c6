#include <activitytrack/screen/develop.hpp>

#include "screen/jpeg_planes.hpp"

#include <string.h>
#include <turbojpeg.h>

#include <algorithm>
#include <memory>

namespace activitytrack {
namespace {

constexpr int max_side = 65'500;
constexpr std::size_t max_exif = 65'533;

struct Erased {
  unsigned long size = 0;
  void operator()(unsigned char* bytes) const noexcept {
    explicit_bzero(bytes, size);
    tjFree(bytes);
  }
};
struct Closed {
  void operator()(void* coder) const noexcept { tjDestroy(coder); }
};
using Coder = std::unique_ptr<void, Closed>;

TJSAMP samp(Subsampling subsampling) noexcept {
  switch (subsampling) {
    case Subsampling::none:
      return TJSAMP_444;
    case Subsampling::half:
      return TJSAMP_422;
    case Subsampling::quarter:
      break;
  }
  return TJSAMP_420;
}

/// With an APP1 segment of `exif` behind the start and JFIF's own segment, which must come first.
std::string with_exif(std::string_view jpeg, std::string_view exif) {
  const auto byte = [jpeg](std::size_t i) { return static_cast<unsigned char>(jpeg[i]); };
  std::size_t place = 2;
  if (jpeg.size() > 6 && byte(2) == 0xFF && byte(3) == 0xE0) place += 2 + 256U * byte(4) + byte(5);
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
  const std::unique_ptr<unsigned char, Erased> owner(bytes, Erased{failed ? 0 : size});
  if (failed) {
    return Error{ErrorCode::invalid_input, std::string("cannot encode as JPEG: ") + tjGetErrorStr2(coder.get())};
  }
  return with_exif({reinterpret_cast<const char*>(bytes), size}, exif);
}

int checked_quality(const JpegOptions& options) noexcept { return std::clamp(options.quality, 1, 100); }

}  // namespace

JpegPlanes::JpegPlanes(int width_px, int height_px, Subsampling coarseness)
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

Result<std::string> encode_jpeg(ImageView image, const JpegOptions& options) {
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

}  // namespace activitytrack
