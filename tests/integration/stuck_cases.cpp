// Three cases, of which the second does not end: for test_count_cases.py.
#include <doctest/doctest.h>

#include <unistd.h>

TEST_CASE("1: ends") { CHECK(true); }

TEST_CASE("2: does not end") {
  while (true) ::pause();
}

TEST_CASE("3: is not reached") { CHECK(true); }
