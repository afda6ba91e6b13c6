#include "net/compress.hpp"

#include "print_error.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace activitytrack;

namespace {

const ContentCoding codings[] = {ContentCoding::identity, ContentCoding::gzip, ContentCoding::zstd};
const ContentCoding packers[] = {ContentCoding::gzip, ContentCoding::zstd};

std::string sample(std::size_t size) {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < size) text += "{\"key_count\": " + std::to_string(random()) + "},";
  text.resize(size);
  return text;
}

}  // namespace

TEST_CASE("what is packed comes back") {
  for (const ContentCoding coding : codings) {
    for (const std::size_t size : {0, 1, 16384, 16385, 1'000'000}) {
      CAPTURE(to_string(coding));
      CAPTURE(size);
      const std::string text = sample(size);
      CHECK(decompress(compress(text, coding), coding, size).value() == text);
    }
  }
  for (const ContentCoding coding : packers) CHECK(compress(sample(100'000), coding).size() < 60'000);
}

TEST_CASE("a bomb is stopped at the limit") {
  for (const ContentCoding coding : codings) {
    CAPTURE(to_string(coding));
    const std::string bomb = compress(std::string(20'000'000, '\0'), coding);
    const auto unpacked = decompress(bomb, coding, 1'000'000);
    REQUIRE(unpacked.has_error());
    CHECK(unpacked.error().code == ErrorCode::too_large);
    CHECK(unpacked.error().message.find("1000000") != std::string::npos);
    CHECK(decompress(compress("abc", coding), coding, 2).has_error());
  }
}

TEST_CASE("what zstd says of its size is known before, and binds it") {
  const std::string text(1'000'000, 'a');
  std::string packed = compress(text, ContentCoding::zstd);
  CHECK(most_unpacked(packed, ContentCoding::zstd) == text.size());
  CHECK(most_unpacked(packed + packed, ContentCoding::zstd) > 1'000'000'000);
  CHECK(most_unpacked("not packed at all", ContentCoding::zstd) > 1'000'000'000);
  CHECK(most_unpacked(compress(text, ContentCoding::gzip), ContentCoding::gzip) > 1'000'000'000);
  CHECK(most_unpacked(text, ContentCoding::identity) == text.size());
  packed.replace(6, 4, std::string("\0\0\x03\0", 4));  // the frame's content size, behind magic and two bytes
  REQUIRE(most_unpacked(packed, ContentCoding::zstd) == 196608);
  const auto unpacked = decompress(packed, ContentCoding::zstd, 1'000'000);
  REQUIRE(unpacked.has_error());
  CHECK(unpacked.error().code == ErrorCode::invalid_input);
}

TEST_CASE("damaged, cut and trailing bytes are refused") {
  for (const ContentCoding coding : packers) {
    CAPTURE(to_string(coding));
    const std::string text = sample(100'000);
    const std::string packed = compress(text, coding);
    for (std::size_t size = 0; size < packed.size(); size += 1 + packed.size() / 50) {
      CHECK(decompress(packed.substr(0, size), coding, 1'000'000).error().code == ErrorCode::invalid_input);
    }
    CHECK(decompress(packed.substr(0, packed.size() - 1), coding, 1'000'000).has_error());
    CHECK(decompress(packed + "x", coding, 1'000'000).has_error());
    CHECK(decompress("not packed at all", coding, 1'000'000).has_error());
    std::mt19937 random(11);
    for (int round = 0; round < 200; ++round) {
      std::string damaged = packed;
      damaged[random() % damaged.size()] ^= static_cast<char>(1 + random() % 255);
      const auto unpacked = decompress(damaged, coding, 1'000'000);
      // A flip in gzip's header may touch what carries no meaning.
      if (unpacked) CHECK(*unpacked == text);
    }
  }
}

TEST_CASE("several members or frames are one text") {
  for (const ContentCoding coding : packers) {
    CHECK(decompress(compress("one, ", coding) + compress("two", coding), coding, 100).value() == "one, two");
  }
}

TEST_CASE("codings have names") {
  CHECK(parse_content_coding("") == ContentCoding::identity);
  CHECK(parse_content_coding("GZip") == ContentCoding::gzip);
  CHECK(parse_content_coding("x-gzip") == ContentCoding::gzip);
  CHECK(parse_content_coding("zstd") == ContentCoding::zstd);
  CHECK(!parse_content_coding("br"));
  CHECK(!parse_content_coding("gzip, zstd"));
  for (const ContentCoding coding : codings) CHECK(parse_content_coding(to_string(coding)) == coding);
}
