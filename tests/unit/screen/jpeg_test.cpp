#include <activitytrack/screen/develop.hpp>

#include "screen/picture.hpp"

#include "fakes.hpp"
#include "pictures.hpp"

#include <doctest/doctest.h>
#include <libexif/exif-data.h>

#include <memory>
#include <random>

using namespace activitytrack;

namespace {

Image soft_picture(int width, int height) {
  return test::painted(width, height, [&](int x, int y, int c) {
    return static_cast<std::uint8_t>((c == 0 ? 200 * x / width : 100 * y / height + 50 * c));
  });
}

std::string jpeg_of(int width, int height) { return encode_jpeg(soft_picture(width, height).view(), {}).value(); }

Screenshot shot() {
  Screenshot about;
  about.machine_id = "vm-1-anna";
  about.taken_at = test::at("2024-01-15T10:30:00.012345Z");
  about.timezone = "Europe/Berlin";
  about.utc_offset_min = 60;
  about.monitor = "HDMI-1";
  about.width = 480;
  about.height = 270;
  return about;
}

int number(ExifData* data, ExifTag tag) {
  ExifEntry* const found = exif_data_get_entry(data, tag);
  return found ? exif_get_short(found->data, exif_data_get_byte_order(data)) : -1;
}

std::string entry(ExifData* data, ExifTag tag) {
  ExifEntry* const found = exif_data_get_entry(data, tag);
  if (!found) return "missing";
  return {reinterpret_cast<const char*>(found->data), found->size ? found->size - 1 : 0};
}

}  // namespace

TEST_CASE("a JPEG decodes to what was encoded, at each subsampling and odd sizes") {
  for (const DevelopOptions::Subsampling subsampling :
       {DevelopOptions::Subsampling::none, DevelopOptions::Subsampling::half, DevelopOptions::Subsampling::quarter}) {
    for (const auto& [width, height] : {std::pair{1, 1}, {17, 3}, {64, 48}, {333, 77}}) {
      const Image image = soft_picture(width, height);
      const std::string jpeg = encode_jpeg(image.view(), {.quality = 95, .subsampling = subsampling}).value();
      const Image decoded = decode_jpeg(jpeg).value();
      REQUIRE(decoded.width() == width);
      REQUIRE(decoded.height() == height);
      CHECK(test::greatest_difference(image.view(), decoded.view()) < 24);
    }
  }
}

TEST_CASE("quality is what decides about size") {
  const Image image =
      test::painted(200, 200, [](int x, int y, int c) { return static_cast<std::uint8_t>(x * y * (c + 3) % 251); });
  const auto size = [&](int quality) { return encode_jpeg(image.view(), {.quality = quality}).value().size(); };
  CHECK(size(30) < size(60));
  CHECK(size(60) < size(95));
  CHECK(size(-5) == size(1));
  CHECK(size(500) == size(100));
}

TEST_CASE("what fits into no JPEG is refused") {
  std::uint8_t pixel[4]{};
  CHECK(encode_jpeg({pixel, 65'501, 1, 4}, {}).error().code == ErrorCode::invalid_input);
  CHECK(encode_jpeg({pixel, 0, 1, 4}, {}).error().code == ErrorCode::invalid_input);
  const std::string long_exif(65'534, 'x');
  CHECK(encode_jpeg({pixel, 1, 1, 4}, {.exif = long_exif}).error().code == ErrorCode::invalid_input);
}

TEST_CASE("EXIF says when and where, on the machine's own clock") {
  const std::string block = screenshot_exif(shot());
  const std::string jpeg = encode_jpeg(soft_picture(20, 20).view(), {.exif = block}).value();
  CHECK(decode_jpeg(jpeg).value().width() == 20);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(jpeg.data());
  const std::unique_ptr<ExifData, decltype(&exif_data_unref)> data(
      exif_data_new_from_data(bytes, static_cast<unsigned>(jpeg.size())), &exif_data_unref);
  REQUIRE(data);
  CHECK(entry(data.get(), EXIF_TAG_DATE_TIME_ORIGINAL) == "2024:01:15 11:30:00");
  CHECK(entry(data.get(), EXIF_TAG_SUB_SEC_TIME_ORIGINAL) == "012345");
  CHECK(entry(data.get(), EXIF_TAG_OFFSET_TIME_ORIGINAL) == "+01:00");
  CHECK(entry(data.get(), EXIF_TAG_IMAGE_DESCRIPTION) == "Europe/Berlin, HDMI-1");
  CHECK(entry(data.get(), EXIF_TAG_SOFTWARE) == "activitytrack");
  CHECK(number(data.get(), EXIF_TAG_PIXEL_X_DIMENSION) == 480);
  CHECK(number(data.get(), EXIF_TAG_PIXEL_Y_DIMENSION) == 270);
  CHECK(number(data.get(), EXIF_TAG_COLOR_SPACE) == 1);
  CHECK(number(data.get(), EXIF_TAG_RESOLUTION_UNIT) > 0);  // of those that the standard wants in all
  // libexif writes this tag, and does not read it: in Intel's order its number, ASCII and the length with a
  // zero.
  CHECK(block.find(std::string("\x3C\x01\x02\x00\x0A\x00\x00\x00", 8)) != std::string::npos);
  CHECK(block.find("vm-1-anna") != std::string::npos);
}

TEST_CASE("EXIF leaves out what is not known, and counts offsets below zero") {
  Screenshot about;
  about.taken_at = test::at("2024-01-15T00:10:00Z");
  about.utc_offset_min = -210;
  const std::string block = screenshot_exif(about);
  CHECK(block.find("2024:01:14 20:40:00") != std::string::npos);
  CHECK(block.find("-03:30") != std::string::npos);
  CHECK(block.find(", ") == std::string::npos);
  about.timezone = "UTC";
  CHECK(screenshot_exif(about).find("UTC,") == std::string::npos);
}

TEST_CASE("decoding scales down as far as still fills what is wanted") {
  const std::string jpeg = jpeg_of(800, 400);
  for (const auto& [want, width] :
       {std::pair{0, 800}, {801, 800}, {400, 400}, {399, 400}, {200, 200}, {150, 200}, {1, 100}}) {
    const Image image = decode_jpeg(jpeg, want).value();
    CHECK(image.width() == width);
    CHECK(image.height() == width / 2);
  }
}

TEST_CASE("a picture of too many pixels is refused before there is memory for it") {
  std::string jpeg = jpeg_of(64, 64);
  CHECK(decode_jpeg(jpeg, 0, 64 * 64).has_value());
  CHECK(decode_jpeg(jpeg, 0, 64 * 64 - 1).error().code == ErrorCode::invalid_input);
  // The same file that says it had 65,500 px a side.
  const auto frame = jpeg.find("\xFF\xC0");
  REQUIRE(frame != std::string::npos);
  jpeg.replace(frame + 5, 4, "\xFF\xDC\xFF\xDC");
  CHECK(decode_jpeg(jpeg).error().code == ErrorCode::invalid_input);
  CHECK(decode_jpeg(jpeg, 1).error().code == ErrorCode::invalid_input);
}

TEST_CASE("what asks for a decoder's memory for all of it is refused") {
  std::string jpeg = jpeg_of(64, 64);
  jpeg[jpeg.find("\xFF\xC0") + 1] = '\xC2';  // progressive
  CHECK(decode_jpeg(jpeg).error().message.find("baseline") != std::string::npos);
  // Nor can it be hidden behind a marker that has no length, which the decoder passes over.
  for (const char marker : {'\x01', '\xD0', '\xD7'}) {
    std::string hidden = jpeg;
    hidden.insert(2, std::string("\xFF") + marker);
    CHECK(decode_jpeg(hidden).has_error());
  }
}

TEST_CASE("what is cut off, altered or no JPEG at all gives an error or a picture, and no more") {
  const std::string jpeg = jpeg_of(61, 47);
  for (std::size_t size = 0; size < jpeg.size(); ++size) {
    CHECK_MESSAGE(decode_jpeg(jpeg.substr(0, size)).has_error(), "cut after " << size);
  }
  std::mt19937 random(3);
  int decoded = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string altered = jpeg;
    for (int k = 0; k < 3; ++k) altered[random() % altered.size()] = static_cast<char>(random());
    const auto image = decode_jpeg(altered, round % 60, 1 << 22);
    if (image) ++decoded;
    if (!image) REQUIRE(image.error().code == ErrorCode::invalid_input);
  }
  CHECK(decoded > 0);
  CHECK(decode_jpeg("GIF89a").has_error());
}
