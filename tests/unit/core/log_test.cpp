#include <activitytrack/core/log.hpp>

#include "core/json_writer.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace activitytrack;

TEST_CASE("levels have names") {
  for (const auto level : {Log::Level::debug, Log::Level::info, Log::Level::warning, Log::Level::error}) {
    CHECK(parse_log_level(to_string(level)) == level);
  }
  CHECK_FALSE(parse_log_level("loud").has_value());
}

TEST_CASE("the JSON writer sets commas and escapes") {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("a", 1).field("b", "x\"y").key("c").begin_array();
  json.value(true).value(1.5).null().begin_object().end_object().end_array();
  json.field("d", std::optional<double>()).field("e", NAN).end_object();
  CHECK(out == R"({"a":1,"b":"x\"y","c":[true,1.5,null,{}],"d":null,"e":null})");
  CHECK(rounded(1.23456, 2) == 1.23);
}
