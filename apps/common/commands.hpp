#pragma once

#include "common/command_line.hpp"
#include "common/output.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Programs with commands: a table drives their command line, dispatch and --help.
namespace activitytrack::program {

/// What may stand on a command's line, and what help says of it.
struct CommandSyntax {
  std::string_view name;            ///< one word, or two: "user add"
  std::string_view arguments = "";  ///< as shown in its usage line
  std::string_view summary;         ///< for the list of commands
  std::string_view detail = "";     ///< for the command's own help; "" if the summary says it all
  std::string_view example = "";    ///< a line to copy
  struct Count {
    std::size_t least = 0, most = 0;
  } takes{};                                ///< so many arguments
  std::vector<std::string_view> options{};  ///< names of those command options that it takes
};

/// One row of a program's table. `Options` is what the program makes of its command line.
template <class Options>
struct Command : CommandSyntax {
  int (*run)(const Options&);
};

/// What the command line and the help of a program are made of.
struct Program {
  std::string_view name;
  std::string_view purpose;               ///< a sentence
  std::string_view settings_file;         ///< the stem of its name
  std::string_view busy;                  ///< what exit code 75 means
  std::vector<CommandSyntax> commands;    ///< the first is the default
  std::vector<Option> options;            ///< of every command
  std::vector<Option> command_options{};  ///< only for those commands that name them
  bool has_default = true;                ///< else a command must be named
  bool shows_command_options = false;     ///< in the program's own help, too
};

/// Reads a line with all options of the program.
Result<CommandLine> parse_command_line(const Program& program, const std::vector<std::string>& arguments);

/// What --help or --version of a line is answered with; "" if it has neither. Help is of the whole program, of one
/// command, or of those with the same first word (user add, user list).
Result<std::string> standard_answer(const Program& program, const CommandLine& line);

/// A line on standard error for each variable of the environment that is near to one of the program's, and none: a
/// typing error. What is far from all of them may be meant for another program.
void warn_of_variables(const Program& program);

/// Whether the words of a line begin with the name of a command.
bool names_command(std::span<const std::string> words, std::string_view name);

/// The row of the command that the words name, the first row for no words; null if there is no such command.
template <class Row>
const Row* find_command(std::span<const Row> table, std::span<const std::string> words) {
  const auto named = [&](const Row& row) { return words.empty() || names_command(words, row.name); };
  const auto found = std::ranges::find_if(table, named);
  return found == table.end() ? nullptr : &*found;
}

/// The error for words that name no command; it leads to those that they may mean.
Error unknown_command(const Program& program, std::span<const std::string> words);

/// The words after the command's name. What is on the line has to fit the command: an option that it would ignore is a
/// mistake, as is a wrong number of arguments.
Result<std::vector<std::string>> fitting_arguments(const Program& program, const CommandSyntax& command,
                                                   const CommandLine& line);

/// Text of `--help`, in so many columns: of the whole program, or of one command.
std::string help_text(const Program& program, int columns = output_columns());
std::string help_text(const Program& program, const CommandSyntax& command, int columns = output_columns());

}  // namespace activitytrack::program
