#include "core/event_batch.hpp"
#include "core/event_fields.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

using namespace activitytrack;

namespace {

/// The event {"machine_id":"m","timestamp":...} with these measures.
std::string with_measures(const std::string& measures) {
  return R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00Z","input_measures":)" + measures + "}";
}

/// As a program reads it that knows of no numbers but double.
float read_by_others(const std::string& json, const std::string& name) {
  const auto at = json.find('"' + name + "\":");
  REQUIRE(at != json.npos);
  return static_cast<float>(std::strtod(json.c_str() + at + name.size() + 3, nullptr));
}

std::string numbered(std::size_t count) {
  std::string json = "{";
  for (std::size_t i = 0; i < count; ++i) json += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":1";
  return json + "}";
}

}  // namespace

TEST_CASE("measures come back to the bit, and those that are not finite are left out") {
  constexpr float values[] = {0,           0.1F,        1.0F / 3,
                              -1e-30F,     16777216.0F, std::numeric_limits<float>::denorm_min(),
                              123456.789F, 5,           std::numeric_limits<float>::max()};
  Event event = decode_event(with_measures("{}")).value();
  CHECK(event.input_measures.empty());
  CHECK(encode_event(event).find("input_measures") == std::string::npos);
  for (std::size_t i = 0; i < std::size(values); ++i)
    event.input_measures.add("measure_" + std::to_string(i), values[i]);
  event.input_measures.add("unknown", std::numeric_limits<float>::quiet_NaN());
  event.input_measures.add("endless", std::numeric_limits<float>::infinity());
  const auto back = decode_event(encode_event(event));
  REQUIRE(back.has_value());
  CHECK(*back == event);
  const std::string& json = back->input_measures.json();
  CHECK(json.find("unknown") == json.npos);
  CHECK(json.find("endless") == json.npos);
  for (std::size_t i = 0; i < std::size(values); ++i)
    CHECK(std::bit_cast<std::uint32_t>(read_by_others(json, "measure_" + std::to_string(i))) ==
          std::bit_cast<std::uint32_t>(values[i]));
}

TEST_CASE("every float of many comes back to the bit") {
  std::mt19937 random(7);
  for (int n = 0; n < 2000; ++n) {
    const auto value = std::bit_cast<float>(std::uint32_t(random()));
    if (!std::isfinite(value)) continue;
    InputMeasures one;
    one.add("x", value);
    const auto back = decode_event(with_measures(one.json()));
    REQUIRE(back.has_value());
    CHECK(back->input_measures == one);
    CHECK(read_by_others(one.json(), "x") == value);
  }
}

TEST_CASE("a zero below zero is zero") {
  InputMeasures one;
  one.add("x", -0.0F);
  CHECK(one.json() == R"({"x":0})");
}

TEST_CASE("measures that say nothing are none") { CHECK(decode_event(with_measures("null"))->input_measures.empty()); }

TEST_CASE("as many measures as may be, of names as long as may be, are taken") {
  CHECK(decode_event(with_measures(numbered(max_measures)))->input_measures.json() == numbered(max_measures));
  const std::string name(max_measure_name_bytes, 'n');
  CHECK(decode_event(with_measures(R"({")" + name + R"(":1})"))->input_measures.json() == R"({")" + name + R"(":1})");
}

TEST_CASE("measures that are not of their shape cost their event, which names the field") {
  const std::string long_name(max_measure_name_bytes + 1, 'n');
  for (const std::string& bad : {std::string("7"),
                                 std::string("\"x\""),
                                 std::string("true"),
                                 std::string("[]"),
                                 std::string("[1]"),
                                 std::string(R"({"a":null})"),
                                 std::string(R"({"a":"1"})"),
                                 std::string(R"({"a":true})"),
                                 std::string(R"({"a":[1]})"),
                                 std::string(R"({"a":{"b":1}})"),
                                 std::string(R"({"a":1,"b":{}})"),
                                 std::string(R"({"a":1e39})"),
                                 std::string(R"({"a":-1e300})"),
                                 std::string(R"({"a":1e999})"),
                                 std::string(R"({"a":1,"b":2,"a":1})"),
                                 std::string(R"({"":1})"),
                                 std::string(R"({"A":1})"),
                                 std::string(R"({"a b":1})"),
                                 std::string(R"({"a\"b":1})"),
                                 std::string(R"({"\u0000":1})"),
                                 std::string("{\"\xC3(\":1}"),
                                 R"({")" + long_name + R"(":1})",
                                 numbered(max_measures + 1)}) {
    CAPTURE(bad.substr(0, 60));
    const auto batch = decode_batch(R"({"events":[)" + with_measures("{}") + "," + with_measures(bad) + "," +
                                    with_measures(R"({"b":2})") + "]}");
    REQUIRE(batch.has_value());
    CHECK(batch->indices == std::vector<std::size_t>{0, 2});
    CHECK(batch->events[1].input_measures.json() == R"({"b":2})");
    REQUIRE(batch->rejected.size() == 1);
    CHECK(batch->rejected[0].field == "input_measures");
    CHECK_FALSE(batch->rejected[0].error.empty());
  }
}

TEST_CASE("measures with the names of fields are no fields") {
  const auto event = decode_event(
      R"({"machine_id":"m","input_measures":{"key_count":9.5},"timestamp":"2024-01-15T10:30:00Z","key_count":4})");
  REQUIRE(event.has_value());
  CHECK(event->key_count == 4);
  CHECK(event->input_measures.json() == R"({"key_count":9.5})");
}
