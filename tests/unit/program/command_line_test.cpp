#include "common/command_line.hpp"

#include <doctest/doctest.h>

#include "temp_folder.hpp"

using namespace activitytrack;
using namespace activitytrack::program;
using activitytrack::test::ScopedEnv;
using Strings = std::vector<std::string>;

namespace {

const Option known[] = {
    {"help", "", ""}, {"json", "", ""}, {"date", "DATE", ""}, {"listen", "ADDRESS", "", "Where", true}};

Result<CommandLine> parse(const Strings& arguments) { return parse_command_line("prog", arguments, known); }

std::string error_of(const Strings& arguments) {
  const auto line = parse(arguments);
  return line ? "" : line.error().message;
}

}  // namespace

TEST_CASE("words and options come in any order") {
  const auto line = parse({"--date", "d", "show", "--json", "--json", "--listen=a", "this", "--listen", "b"});
  REQUIRE(line.has_value());
  CHECK(line->words == Strings{"show", "this"});
  CHECK(line->has("json"));
  CHECK_FALSE(line->has("help"));
  CHECK(line->get("date", "") == "d");
  CHECK(line->options.at("listen") == Strings{"a", "b"});
  CHECK(parse({"-h"})->has("help"));
  CHECK(parse({"--", "--date"})->words == Strings{"--date"});
}

TEST_CASE("the environment stands in for an option that is no setting") {
  const ScopedEnv date("ACTIVITYTRACK_DATE", "from outside");
  CHECK(parse({})->get("date", "default") == "from outside");
  CHECK(parse({"--date", "d"})->get("date", "default") == "d");
  const ScopedEnv empty("ACTIVITYTRACK_DATE", "");
  CHECK(parse({})->get("date", "default") == "default");
}

TEST_CASE("settings keep the option that they came from") {
  const auto texts = parse({"--listen", "a", "--listen", "b"})->settings({{"date", "listen"}, {"", ""}});
  REQUIRE(texts.size() == 1);
  CHECK(texts.at("listen").values == Strings{"a", "b"});
  CHECK(texts.at("listen").origin == "option --listen");
}

TEST_CASE("a mistake is reported with where help is") {
  CHECK(error_of({"--nonsense"}) == "unrecognised option '--nonsense'; see prog --help");
  CHECK(error_of({"--dat", "d"}) == "unrecognised option '--dat' (did you mean --date?); see prog --help");
  CHECK(error_of({"--lsiten=a"}) == "unrecognised option '--lsiten' (did you mean --listen?); see prog --help");
  CHECK(error_of({"--date"}).ends_with("; see prog --help"));
  CHECK(error_of({"--json=yes"}).ends_with("; see prog --help"));
  CHECK(error_of({"--date", "a", "--date", "b"}) == "option --date is given more than once; give it once");
}
