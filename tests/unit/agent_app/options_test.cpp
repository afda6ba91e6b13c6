#include "commands.hpp"

#include "config/settings_table.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace activitytrack;
using namespace activitytrack::agent_app;

namespace {

std::string error_of(const std::vector<std::string>& arguments) {
  auto options = parse_options(arguments);
  return options ? "" : options.error().message;
}

std::string help_of(const char* command) { return parse_options({command, "--help"}).value().answer; }

}  // namespace

TEST_CASE("without anything the command is run") {
  auto options = parse_options({});
  REQUIRE(options.has_value());
  CHECK(options->command->name == "run");
  CHECK(options->line.words.empty());
  CHECK(options->settings.empty());
}

TEST_CASE("every setting has an option, with its origin for messages") {
  for (const auto& row : settings_table()) {
    auto name = option_name(row.key);
    CAPTURE(name);
    auto options = parse_options({"run", "--" + name, "x y"});
    REQUIRE(options.has_value());
    auto found = options->settings.find(row.key);
    REQUIRE(found != options->settings.end());
    CHECK(found->second.values == std::vector<std::string>{"x y"});
    CHECK(found->second.origin == "option --" + name);
    CHECK(help_text(this_program()).find("--" + name + " ") != std::string::npos);
  }
}

TEST_CASE("options may stand before the command, and after it") {
  auto before = parse_options({"--machine-id", "a", "replay", "x.csv", "y.csv"});
  auto after = parse_options({"replay", "x.csv", "y.csv", "--machine-id=a"});
  REQUIRE((before.has_value() && after.has_value()));
  CHECK(before->command->name == "replay");
  CHECK(before->arguments == after->arguments);
  CHECK(before->settings.at("machine_id").values == after->settings.at("machine_id").values);
}

TEST_CASE("an option that is no setting comes from the environment too, and the line wins") {
  ::setenv("ACTIVITYTRACK_INTERVAL", "7", 1);
  CHECK(parse_options({"replay", "x"})->line.get("interval", "60") == "7");
  CHECK(parse_options({"replay", "x", "--interval", "8"})->line.get("interval", "60") == "8");
  CHECK(parse_options({"run"}).has_value());  // it concerns only replay
  ::unsetenv("ACTIVITYTRACK_INTERVAL");
  CHECK(parse_options({"replay", "x"})->line.get("interval", "60") == "60");
}

TEST_CASE("mistakes are reported in one line") {
  CHECK(error_of({"dance"}) ==
        "unknown command 'dance'; it is one of run, status, pause, resume, doctor, enroll, replay; see "
        "activitytrack-agent "
        "--help");
  CHECK(error_of({"--nonsense"}).starts_with("unrecognised option '--nonsense'"));
  CHECK(error_of({"--machine-i", "x"}).starts_with("unrecognised option"));  // no guessing
  CHECK(error_of({"run", "--machine-id"}).find("--machine-id") != std::string::npos);
  CHECK(error_of({"run", "--machine-id", "a", "--machine-id", "b"}) ==
        "option --machine-id is given more than once; give it once");
  CHECK(error_of({"run", "--json"}) == "option --json is not for the command run; see activitytrack-agent run --help");
  CHECK(error_of({"replay"}) == "the command replay needs TRACE...; see activitytrack-agent replay --help");
  CHECK(error_of({"pause", "5", "6"}) == "the command pause takes no '6'; see activitytrack-agent pause --help");
}

TEST_CASE("help is there for every command, without its arguments") {
  for (const auto& command : commands()) {
    std::string name(command.name);
    auto options = parse_options({name, "--help"});
    REQUIRE(options.has_value());
    CHECK(options->answer.starts_with("Usage: activitytrack-agent " + name));
    CHECK(help_text(this_program()).find("\n  " + name + " ") != std::string::npos);
  }
  CHECK(help_of("replay").find("--interval SEC") != std::string::npos);
  CHECK(help_of("run").find("--interval SEC") == std::string::npos);
}

TEST_CASE("help shows defaults with their units, and fits the screen") {
  CHECK(help_text(this_program()).find("[300 s]") != std::string::npos);
  auto text = help_text(this_program(), 72);
  for (std::size_t begin = 0; begin < text.size();) {
    auto end = text.find('\n', begin);
    CHECK_MESSAGE(end - begin <= 72, text.substr(begin, end - begin));
    begin = end + 1;
  }
}
