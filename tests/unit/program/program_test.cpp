#include "common/program.hpp"

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
