#include "common/program.hpp"
#include "common/command_line.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace activitytrack::program;

TEST_CASE("each line of a complaint names the program") {
  CHECK(complaint("prog", "one") == "prog: one\n");
  CHECK(complaint("prog", "one\ntwo\n") == "prog: one\nprog: two\n");
}

TEST_CASE("what is thrown in main is a failure") {
  char name[] = "prog", argument[] = "7";
  char* values[] = {name, argument};
  const auto code = [](const std::vector<std::string>& arguments) { return std::stoi(arguments.at(0)); };
  CHECK(run_main("prog", 2, values, code) == 7);
  CHECK(run_main("prog", 1, values, code) == exit_failed);
}

namespace {

struct Shape {
  bool flag = true;
  std::int64_t seconds = 60;
  std::string text;
  std::vector<std::string> list{"a", "b"};
};

const Setting<Shape> shape_table[] = {
    {"flag", "flag", &Shape::flag, "", "A flag."},
    {"wait.seconds", "seconds", &Shape::seconds, "s", "A time.", 1, 3600},
    {"text", "text", &Shape::text, "", "A text."},
    {"list", "list", &Shape::list, "URL", "A list."},
};
const Group shape_groups[] = {{"Times", {"wait."}}};

}  // namespace

TEST_CASE("help tells a setting's kind, range and default, under its group") {
  std::string text;
  append_options(text, setting_options<Shape>(shape_table, shape_groups));
  CHECK(text ==
        "\nMore:\n"
        "  --flag BOOL                     A flag. [true]\n"
        "  --text TEXT                     A text.\n"
        "  --list URL                      A list. [a,b]\n"
        "\nTimes:\n"
        "  --wait-seconds SEC              A time. From 1 to 3600. [60 s]\n");
}

TEST_CASE("long explanations are broken between words, a default is not") {
  std::string text;
  append_entry(text, "--an-option-with-a-very-long-name NAME",
               "Words that go on for so long that they reach the end of the line at 100 here. [16 MiB]");
  CHECK(text ==
        "  --an-option-with-a-very-long-name NAME\n"
        "                                  Words that go on for so long that they reach the end of the line\n"
        "                                  at 100 here. [16 MiB]\n");
  text.clear();
  append_entry(text, "x", "Words that go on for so long that they reach the end of its line [16 MiB]");
  CHECK(text ==
        "  x                               Words that go on for so long that they reach the end of its line\n"
        "                                  [16 MiB]\n");
}
