#include <doctest/doctest.h>

#include "parsing.hpp"

using namespace activitytrack;
using activitytrack::test::Parsed;

namespace {

Parsed parsed_ini(std::string_view text) {
  Parsed parsed;
  parsed.texts = parse_ini_settings(text, "c.ini", setting_names(settings_table()), parsed.errors);
  return parsed;
}

}  // namespace

TEST_CASE("INI: keys come out by their YAML names, with their lines") {
  const Parsed parsed = parsed_ini(
      "\xEF\xBB\xBF; a comment\r\n"
      "[settings]\r\n"
      "# another\r\n"
      "server_url = http://localhost:8100/?a=b\r\n"
      "Collect_Interval: 5\r\n"
      "  screenshot_blur=off\r\n"
      "aws_access_key = AK#;=\r\n"
      "buffer_path =\r\n");
  CHECK(parsed.errors.joined() == "");
  CHECK(parsed.texts.size() == 5);
  CHECK(parsed.value("server_url") == "http://localhost:8100/?a=b");
  CHECK(parsed.value("collect_interval_sec") == "5");
  CHECK(parsed.value("screenshots.blur") == "off");
  CHECK(parsed.value("s3.access_key") == "AK#;=");
  CHECK(parsed.value("buffer_path") == "");
  CHECK(parsed.texts.at("screenshots.blur").origin == "c.ini:6");
}

TEST_CASE("INI: every fault is reported, with line and key") {
  const Parsed parsed = parsed_ini(
      "idle_after = 1\n"
      "[settings]\n"
      "idle_after = 2\n"
      "idle_after = 3\n"
      "idle_after_sec = 4\n"
      "secret words\n"
      "= 5\n"
      "[other]\n"
      "whatever = 6\n"
      "[settings]\n"
      "log_format = json");
  CHECK(parsed.errors.joined() ==
        "c.ini:1: idle_after: stands before the section [settings]; put it below that line\n"
        "c.ini:4: idle_after: given twice, first in line 3\n"
        "c.ini:5: idle_after_sec: unknown key; did you mean idle_after?\n"
        "c.ini:6: is neither KEY = VALUE, nor [settings], nor a comment\n"
        "c.ini:7: is neither KEY = VALUE, nor [settings], nor a comment\n"
        "c.ini:8: [other]: unknown section; settings stand in [settings]");
  CHECK(parsed.value("idle_after_sec") == "2");
  CHECK(parsed.value("log_format") == "json");
}

TEST_CASE("INI: NUL bytes and other encodings are refused at their line") {
  CHECK(parsed_ini(std::string_view("[settings]\nlog_level = in\0fo\n", 29)).errors.joined() ==
        "c.ini:2: holds a NUL byte; the file must be text");
  CHECK(parsed_ini("[settings]\n\nca_file = /\xe4\n").errors.joined() ==
        "c.ini:3: is not UTF-8; save the file in UTF-8");
}
