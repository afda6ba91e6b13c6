#include "common/commands.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace activitytrack::program;
using Strings = std::vector<std::string>;

namespace {

const Program prog{.name = "prog",
                   .purpose = "does things.",
                   .settings_file = "prog",
                   .busy = "",
                   .commands = {{.name = "run", .summary = "Run"},
                                {.name = "user add",
                                 .arguments = "NAME [--role ROLE]",
                                 .summary = "Add one",
                                 .example = "prog user add ann",
                                 .takes = {1, 1},
                                 .options = {"role"}},
                                {.name = "user remove", .arguments = "NAME", .summary = "Remove one", .takes = {1, 1}},
                                {.name = "status", .summary = "Show how it is"}},
                   .options = standard_options(),
                   .command_options = {{"role", "ROLE", "Which."}}};

std::string unknown(const Strings& words) { return unknown_command(prog, words).message; }

std::string answer(const Strings& arguments) {
  const auto line = parse_command_line(prog, arguments);
  const auto given = standard_answer(prog, line.value());
  return given ? *given : given.error().message;
}

}  // namespace

TEST_CASE("a word that is no command leads to the one that was meant") {
  CHECK(unknown({"statsu"}) == "unknown command 'statsu' (did you mean status?); see prog --help");
  CHECK(unknown({"stat"}) == "unknown command 'stat' (did you mean status?); see prog --help");
  CHECK(unknown({"usr", "add", "ann"}) == "unknown command 'usr' (did you mean user add?); see prog --help");
  CHECK(unknown({"useradd", "ann"}) == "unknown command 'useradd' (did you mean user add?); see prog --help");
  CHECK(unknown({"help"}) == "unknown command 'help' (did you mean --help?); see prog --help");
  CHECK(unknown({"dance"}) == "unknown command 'dance'; it is one of run, user, status; see prog --help");
  CHECK(unknown({}) == "which command? It is one of run, user, status; see prog --help");
}

TEST_CASE("the first word of several commands leads to them") {
  CHECK(unknown({"user"}) ==
        "the command 'user' wants a second word: it is one of user add, user remove; see prog user --help");
  CHECK(unknown({"user", "ad"}) == "unknown command 'user ad' (did you mean user add?); see prog user --help");
  CHECK(unknown({"user", "dance", "x"}) ==
        "unknown command 'user dance'; it is one of user add, user remove; see prog user --help");
}

TEST_CASE("help is of the program, of a command, or of those with the same first word") {
  CHECK(answer({"run"}) == "");
  CHECK(answer({"--help"}).starts_with("prog does things.\n\nUsage: prog [COMMAND] [OPTION...]"));
  CHECK(answer({"--help", "--version"}).starts_with("prog "));
  const std::string group = answer({"user", "--help"});
  CHECK(group.starts_with("Usage: prog user COMMAND"));
  CHECK(group.find("  user add ") != std::string::npos);
  CHECK(group.find("  user remove ") != std::string::npos);
  CHECK(group.find("status") == std::string::npos);
  const std::string one = answer({"user", "add", "--help"});
  CHECK(one.starts_with("Usage: prog user add NAME [--role ROLE] [OPTION...]\n\nAdd one.\n"));
  CHECK(one.find("--role ROLE") != std::string::npos);
  CHECK(one.find("\nExample: prog user add ann\n") != std::string::npos);
  CHECK(answer({"user", "remove", "--help"}).find("--role") == std::string::npos);
  CHECK(answer({"dance", "--help"}) == unknown({"dance"}));
}

TEST_CASE("what a command needs is named") {
  const auto line = parse_command_line(prog, {"user", "add"}).value();
  CHECK(fitting_arguments(prog, prog.commands[1], line).error().message ==
        "the command user add needs NAME; see prog user add --help");
}
