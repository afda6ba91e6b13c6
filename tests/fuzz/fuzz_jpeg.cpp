// Any bytes as a JPEG, as they may come from an agent: a picture of no more pixels than allowed, or an error.
// What was decoded can be encoded and decoded again.

#include "screen/picture.hpp"

#include <cstdint>
#include <cstdlib>

using namespace activitytrack;

namespace {

constexpr std::int64_t max_pixels = 1 << 16;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// The last byte is what size is wanted.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size - 1);
  const auto image = decode_jpeg(bytes, data[size - 1], max_pixels);
  if (!image) {
    require(image.error().code == ErrorCode::invalid_input);
    return 0;
  }
  require(std::int64_t{image->width()} * image->height() <= max_pixels);
  const auto again = decode_jpeg(encode_jpeg(image->view(), {}).value());
  require(again->width() == image->width() && again->height() == image->height());
  return 0;
}
