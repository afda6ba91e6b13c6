#include <activitytrack/screen/develop.hpp>

#include <turbojpeg.h>

#include <algorithm>
#include <memory>

namespace activitytrack {
namespace {

struct Closed {
  void operator()(void* coder) const noexcept { tjDestroy(coder); }
};

Error bad(std::string_view what) {
  return {ErrorCode::invalid_input, "is no JPEG that can be read: " + std::string(what)};
}

std::size_t byte(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

constexpr std::size_t baseline_frame = 0xC0;
constexpr std::size_t scan = 0xDA;

/// Tables, comments and what programs add. All have a length, so that this and the decoder skip the same
/// bytes.
bool may_come_before_the_scan(std::size_t marker) {
  return marker == 0xC4 || marker == 0xDB || marker == 0xDD || (marker >= 0xE0 && marker <= 0xEF) || marker == 0xFE;
}

/// Whether it is a baseline JPEG with all colours in one scan. Others are kept in memory whole while they are
/// decoded, so that a few bytes can ask for gigabytes.
bool needs_little_memory(std::string_view jpeg) {
  std::size_t colours = 0;
  for (std::size_t at = 2; at + 4 <= jpeg.size();) {
    if (byte(jpeg, at) != 0xFF) return false;
    const std::size_t marker = byte(jpeg, at + 1);
    if (marker == 0xFF) {
      ++at;  // fill
      continue;
    }
    const std::size_t size = 256 * byte(jpeg, at + 2) + byte(jpeg, at + 3);
    if (size < 2 || at + 2 + size > jpeg.size()) return false;
    if (marker == scan) return size >= 3 && colours && byte(jpeg, at + 4) == colours;
    if (marker == baseline_frame && size >= 8 && !colours) {
      colours = byte(jpeg, at + 9);
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

Result<Image> decode_jpeg(std::string_view jpeg, int want, std::int64_t max_pixels) {
  const std::unique_ptr<void, Closed> coder(tjInitDecompress());
  if (!coder) throw std::bad_alloc();
  const auto* const bytes = reinterpret_cast<const unsigned char*>(jpeg.data());
  int width = 0, height = 0, samp = 0, colours = 0;
  if (tjDecompressHeader3(coder.get(), bytes, jpeg.size(), &width, &height, &samp, &colours)) {
    return bad(tjGetErrorStr2(coder.get()));
  }
  if (!needs_little_memory(jpeg)) return bad("it is not a baseline JPEG of a single scan");
  const tjscalingfactor scale = scale_for(std::max(width, height), want);
  width = TJSCALED(width, scale);
  height = TJSCALED(height, scale);
  if (std::int64_t{width} * height > max_pixels) {
    return bad("it has more than " + std::to_string(max_pixels) + " pixels");
  }
  Image image(width, height);
  if (tjDecompress2(coder.get(), bytes, jpeg.size(), image.view().pixels, width, 0, height, TJPF_BGRX,
                    TJFLAG_STOPONWARNING)) {
    return bad(tjGetErrorStr2(coder.get()));
  }
  return image;
}

}  // namespace activitytrack
