#include "common/near_miss.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace activitytrack::program;

TEST_CASE("the nearest word is found by what fingers do wrong") {
  const std::vector<std::string> known{"summary", "timeline", "apps", "tz", "to", "collect-interval-sec"};
  for (const char* typed : {"sumary", "summmary", "sunmary", "usmmary", "SUMMARY", "sumamry", "summary"})
    CHECK(nearest(typed, known) == "summary");
  CHECK(nearest("app", known) == "apps");
  CHECK(nearest("collect_interval_sec", known) == "collect-interval-sec");
  for (const char* other : {"", "t", "tx", "dance", "summit", "collect", "interval"})
    CHECK(nearest(other, known) == "");
}

TEST_CASE("a beginning is enough if only one word has it") {
  const std::vector<std::string> known{"server-url", "send-interval-sec", "send-jitter", "machine"};
  CHECK(did_you_mean("server", known, "--") == " (did you mean --server-url?)");
  CHECK(did_you_mean("machine-id", known) == " (did you mean machine?)");
  CHECK(did_you_mean("send", known) == "");
  CHECK(did_you_mean("se", known) == "");
}
