#include <doctest/doctest.h>

#include "parsing.hpp"

using namespace activitytrack;
using activitytrack::test::Parsed;

namespace {

Parsed parsed_yaml(std::string_view text) {
  Parsed parsed;
  parsed.texts = parse_yaml_settings(text, "c.yaml", setting_names(settings_table()), parsed.errors);
  return parsed;
}

}  // namespace

TEST_CASE("YAML: nested keys come out dotted, with their lines") {
  const Parsed parsed = parsed_yaml(
      "# a comment\n"
      "server_url: https://example.org\n"
      "features:\n"
      "  screenshots: yes\n"
      "  window_titles: false\n"
      "s3: {bucket: b, region: eu-central-1}\n"
      "machine_id: 007\n");
  CHECK(parsed.errors.joined() == "");
  CHECK(parsed.texts.size() == 6);
  CHECK(parsed.value("server_url") == "https://example.org");
  CHECK(parsed.value("features.screenshots") == "yes");
  CHECK(parsed.value("s3.region") == "eu-central-1");
  CHECK(parsed.value("machine_id") == "007");
  CHECK(parsed.texts.at("features.window_titles").origin == "c.yaml:5");
}

TEST_CASE("YAML: empty files and keys without a value are no settings and no errors") {
  for (const char* text : {"", "\n", "# nothing\n", "---\n", "~\n", "{}\n", "features:\n", "server_url:\n"}) {
    CAPTURE(text);
    const Parsed parsed = parsed_yaml(text);
    CHECK(parsed.errors.joined() == "");
    CHECK(parsed.texts.empty());
  }
  CHECK(parsed_yaml("server_url: ''\n").value("server_url") == "");
}

TEST_CASE("YAML: byte order mark and CRLF") {
  const Parsed parsed = parsed_yaml("\xEF\xBB\xBFidle_after_sec: 30\r\nlog_level: debug\r\n");
  CHECK(parsed.errors.joined() == "");
  CHECK(parsed.value("idle_after_sec") == "30");
  CHECK(parsed.value("log_level") == "debug");
}

TEST_CASE("YAML: every fault is reported, with line and key") {
  const Parsed parsed = parsed_yaml(
      "server_ulr: x\n"
      "interval: 5\n"
      "collect_interval: 10\n"
      "idle_after_sec: 1\n"
      "idle_after_sec: 2\n"
      "features: true\n"
      "machine_id:\n"
      "  name: x\n"
      "screenshots:\n"
      "  intervall_min: 5\n"
      "zebra:\n"
      "  a: 1\n"
      "  b: {c: [1]}\n"
      "log_level: [[debug]]\n");
  CHECK(parsed.errors.joined() ==
        "c.yaml:1: server_ulr: unknown key; did you mean server_url?\n"
        "c.yaml:2: interval: unknown key\n"
        "c.yaml:3: collect_interval: unknown key; did you mean collect_interval_sec?\n"
        "c.yaml:5: idle_after_sec: given twice, first in line 4\n"
        "c.yaml:6: features: is a section; put its keys below it, indented\n"
        "c.yaml:7: machine_id: needs a value; keys below it are none\n"
        "c.yaml:10: screenshots.intervall_min: unknown key; did you mean screenshots.interval_min?\n"
        "c.yaml:11: zebra: unknown key\n"
        "c.yaml:14: log_level: takes a list of plain values");
  CHECK(parsed.value("idle_after_sec") == "1");
}

TEST_CASE("YAML: what is no settings file at all is refused at its line") {
  struct Case {
    std::string text, error;
  };
  const std::string deep(100'000, '[');
  const std::vector<Case> cases{
      {"a: b\n\tc: d\n", "c.yaml:2: is indented by a tab; YAML takes spaces"},
      {std::string("log_level: info\nx\0y: 1\n", 22), "c.yaml:2: holds a NUL byte; the file must be text"},
      {"log_level: info\nca_file: \xff\n", "c.yaml:2: is not UTF-8; save the file in UTF-8"},
      {"- a\n- b\n", "c.yaml:1: not the YAML of settings: a list where keys with values should be"},
      {"word\n", "c.yaml:1: not the YAML of settings: a lone word where keys with values should be"},
      {"log_level: info\n---\nlog_level: debug\n",
       "c.yaml:2: not the YAML of settings: a second document; settings are one"},
      {"log_level: info\nlog_format: &a text\n",
       "c.yaml:2: not the YAML of settings: an anchor (&name), or a value to be put in quotes"},
      {"log_level: info\nlog_format: *a\n", "c.yaml:2: not the YAML of settings: the referenced anchor is not defined"},
      {"credential: !hunter2 x\n", "c.yaml:1: not the YAML of settings: a tag (!name), or a value to be put in quotes"},
      {"credential: \"\\q\"\n", "c.yaml:1: not the YAML of settings: unknown escape character"},
      {"? [a]\n: b\n", "c.yaml:1: not the YAML of settings: a map or list as a key"},
      {"log_level: {\n", "c.yaml:2: not the YAML of settings: end of map flow not found"},
      {"\xEF\xBB\xBFlog_level: info\nca_file: 'it''s open\nlog_format: text\n",
       "c.yaml:2: not the YAML of settings: a quote that is not closed in its line"},
      {"ca_file: \"it is \\\" open\nlog_format: text\n",
       "c.yaml:1: not the YAML of settings: a quote that is not closed in its line"},
      {"ca_file: " + deep, "c.yaml:1: not the YAML of settings: nested too deep for settings"},
  };
  for (const auto& [text, error] : cases) {
    CAPTURE(text.substr(0, 60));
    CHECK(parsed_yaml(text).error_starting(error) == error);
  }
}

TEST_CASE("YAML: a list is kept as its values") {
  CHECK(parsed_yaml("server_url: [a, 'b c', ~]\n").texts.at("server_url").values ==
        std::vector<std::string>{"a", "b c"});
  CHECK(parsed_yaml("server_url:\n- a\n- b\n").texts.at("server_url").values == std::vector<std::string>{"a", "b"});
}

TEST_CASE("YAML: quotes keep what they enclose") {
  CHECK(parsed_yaml("credential: 'it''s # \"'  # a comment\n").value("credential") == "it's # \"");
  CHECK(parsed_yaml("credential: \"a \\\" b \\\\\"\n").value("credential") == "a \" b \\");
  CHECK(parsed_yaml("\xEF\xBB\xBF'credential': \"\xC3\xA4\"").value("credential") == "\xC3\xA4");
}
