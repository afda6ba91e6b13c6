#include "screen/picture.hpp"

#include <activitytrack/core/clock.hpp>

#include <libexif/exif-data.h>
#include <libexif/exif-utils.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace activitytrack {
namespace {

constexpr int srgb = 1;
constexpr auto host_computer = static_cast<ExifTag>(0x013C);  // libexif has no name for it

/// A block under construction.
class ExifBlock {
 public:
  ExifBlock() : data_(exif_data_new()) {
    if (!data_) throw std::bad_alloc();
    exif_data_set_byte_order(data_.get(), EXIF_BYTE_ORDER_INTEL);
    exif_data_set_data_type(data_.get(), EXIF_DATA_TYPE_COMPRESSED);
  }

  ExifBlock& text(ExifIfd ifd, ExifTag tag, const std::string& value) {
    if (!value.empty()) add(ifd, tag, EXIF_FORMAT_ASCII, value.c_str(), value.size() + 1, value.size() + 1);
    return *this;
  }

  ExifBlock& number(ExifTag tag, int value) {
    unsigned char bytes[2];
    exif_set_short(bytes, EXIF_BYTE_ORDER_INTEL, static_cast<ExifShort>(value));
    add(EXIF_IFD_EXIF, tag, EXIF_FORMAT_SHORT, bytes, 1, sizeof bytes);
    return *this;
  }

  ExifBlock& version(const char (&digits)[5]) {
    add(EXIF_IFD_EXIF, EXIF_TAG_EXIF_VERSION, EXIF_FORMAT_UNDEFINED, digits, 4, 4);
    return *this;
  }

  /// Puts in what else the standard demands of every block, and takes out what libexif does not know.
  ExifBlock& complete() {
    exif_data_fix(data_.get());
    return *this;
  }

  std::string bytes() const {
    unsigned char* bytes = nullptr;
    unsigned int size = 0;
    exif_data_save_data(data_.get(), &bytes, &size);
    const std::unique_ptr<unsigned char, decltype(&std::free)> owner(bytes, &std::free);
    return {reinterpret_cast<const char*>(bytes), size};
  }

 private:
  struct Unref {
    void operator()(ExifData* data) const noexcept { exif_data_unref(data); }
    void operator()(ExifEntry* entry) const noexcept { exif_entry_unref(entry); }
  };

  void add(ExifIfd ifd, ExifTag tag, ExifFormat format, const void* value, std::size_t components, std::size_t size) {
    const std::unique_ptr<ExifEntry, Unref> entry(exif_entry_new());
    if (!entry) throw std::bad_alloc();
    entry->data = static_cast<unsigned char*>(std::malloc(size));  // the entry frees it
    if (!entry->data) throw std::bad_alloc();
    std::memcpy(entry->data, value, size);
    entry->tag = tag;
    entry->format = format;
    entry->components = components;
    entry->size = static_cast<unsigned int>(size);
    exif_content_add_entry(data_->ifd[ifd], entry.get());
  }

  std::unique_ptr<ExifData, Unref> data_;
};

void obscure(ImageView capture, const DevelopOptions& options) {
  switch (options.obscuring) {
    case DevelopOptions::Obscuring::blur:
      return gaussian_blur(capture, options.blur_sigma / 4.0);
    case DevelopOptions::Obscuring::pixels:
      return pixelate(capture, std::max(1, (options.pixel_block + 2) / 4));
    case DevelopOptions::Obscuring::none:
      return;
  }
}

}  // namespace

std::string_view to_string(ScreenSource::State state) noexcept {
  constexpr std::string_view names[] = {"visible", "locked", "blanked", "excluded"};
  return names[static_cast<std::size_t>(state)];
}

std::string screenshot_exif(const Screenshot& shot) {
  const auto second = std::chrono::floor<std::chrono::seconds>(shot.taken_at);
  const std::string local = format_timestamp(second, shot.utc_offset_min);  // "2024-01-15T11:30:00+01:00"
  std::string clock = local.substr(0, 19);
  std::ranges::replace(clock, '-', ':');
  clock[10] = ' ';
  std::string fraction = std::to_string((shot.taken_at - second).count());
  fraction.insert(0, 6 - fraction.size(), '0');
  const char* const between = shot.timezone.empty() || shot.monitor.empty() ? "" : ", ";
  return ExifBlock()
      .text(EXIF_IFD_0, EXIF_TAG_IMAGE_DESCRIPTION, shot.timezone + between + shot.monitor)
      .text(EXIF_IFD_0, EXIF_TAG_SOFTWARE, "activitytrack")
      .version("0231")
      .number(EXIF_TAG_PIXEL_X_DIMENSION, shot.width)
      .number(EXIF_TAG_PIXEL_Y_DIMENSION, shot.height)
      .number(EXIF_TAG_COLOR_SPACE, srgb)
      .text(EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL, clock)
      .text(EXIF_IFD_EXIF, EXIF_TAG_SUB_SEC_TIME_ORIGINAL, fraction)
      .text(EXIF_IFD_EXIF, EXIF_TAG_OFFSET_TIME_ORIGINAL, local.substr(19))
      .complete()
      .text(EXIF_IFD_0, host_computer, shot.machine_id)
      .bytes();
}

Result<std::string> develop(ImageView capture, int width, int height, const DevelopOptions& options,
                            Screenshot& about) {
  const bool quarter = wants_quarter(options);
  Image reduced;
  if (quarter && capture.width == width && capture.height == height) {
    reduced = Image(quarter_size(width), quarter_size(height));
    reduce_to_quarter(capture, reduced.view());
    capture = reduced.view();
  }
  if (capture.width != (quarter ? quarter_size(width) : width) ||
      capture.height != (quarter ? quarter_size(height) : height)) {
    return Error{ErrorCode::invalid_input,
                 "a capture must have the size of what it shows of the screen, or, to be "
                 "obscured or kept small, a quarter of it"};
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
