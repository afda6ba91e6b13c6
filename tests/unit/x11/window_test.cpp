#include "x11/window.hpp"

#include <doctest/doctest.h>

using namespace activitytrack::x11;
using namespace std::string_literals;

TEST_CASE("UTF-8 stays as it is, Latin-1 is converted") {
  CHECK(decode_window_text("gr\xC3\xBC\xC3\x9F", TextEncoding::utf8) == "grüß");
  CHECK(decode_window_text("gr\xFC\xDF", TextEncoding::latin1) == "grüß");
  CHECK(decode_window_text("", TextEncoding::latin1) == "");
}

TEST_CASE("compound text begins in Latin-1") {
  CHECK(decode_window_text("gr\xFC\xDF", TextEncoding::compound_text) == "grüß");
  CHECK(decode_window_text("\x1B(Bgr\x1B-A\xFC", TextEncoding::compound_text) == "grü");
}

TEST_CASE("compound text may hold UTF-8") {
  CHECK(decode_window_text("a \x1B%G\xE2\x9C\x93\x1B%@ b\xFC", TextEncoding::compound_text) == "a ✓ bü");
  CHECK(decode_window_text("a \x1B%G\xE2\x9C\x93", TextEncoding::compound_text) == "a ✓");
}

TEST_CASE("text in other character sets becomes question marks") {
  CHECK(decode_window_text("a\x1B-B\xB1"
                           "b",
                           TextEncoding::compound_text) == "a?b");
  CHECK(decode_window_text("a\x1B-B\xB1\x1B-A\xFC", TextEncoding::compound_text) == "a?ü");
  CHECK(decode_window_text("a\x1B", TextEncoding::compound_text) == "a");
}
