#include "core/text.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;

TEST_CASE("well-formed UTF-8 is distinguished from what is not") {
  for (const char* good : {"", "a", "ü", "€", "😀", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) CHECK(is_utf8(good));
  for (const char* bad : {"\xFF", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xF0\x8F\xBF\xBF", "a\x80", "\xE2\x82", "\xF5\x80\x80\x80"}) {
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("cleaning keeps what is good and cuts at a character's edge") {
  CHECK(clean_utf8("a\xFFz", 10) == "a\xEF\xBF\xBDz");
  CHECK(clean_utf8("a\nb\x7F", 10) == "a b ");
  CHECK(clean_utf8("aü", 2) == "a");
  CHECK(clean_utf8("aü", 3) == "aü");
  CHECK(clean_utf8("😀😀", 7) == "😀");
  CHECK(is_utf8(clean_utf8("\xF0\x9F\x98\xED\xA0\x80 x", 100)));
}

TEST_CASE("what a shell would take apart is quoted") {
  CHECK(shell_quoted("/var/lib/a-b_c.db") == "/var/lib/a-b_c.db");
  CHECK(shell_quoted("sqlite:/a b") == "'sqlite:/a b'");
  CHECK(shell_quoted("it's $HOME") == R"('it'\''s $HOME')");
  CHECK(shell_quoted("") == "''");
}
