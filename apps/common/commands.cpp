#include "common/commands.hpp"

#include "common/help.hpp"
#include "common/near_miss.hpp"
#include "common/program.hpp"
#include "core/text.hpp"

#include <unistd.h>

namespace activitytrack::program {
namespace {

bool takes(const CommandSyntax& command, const Option& option) {
  return std::ranges::find(command.options, option.name) != command.options.end();
}

std::vector<Option> all_options(const Program& program) {
  auto options = program.options;
  options.insert(options.end(), program.command_options.begin(), program.command_options.end());
  return options;
}

std::vector<Option> options_of(const Program& program, const CommandSyntax& command) {
  std::vector<Option> options;
  std::ranges::copy_if(program.command_options, std::back_inserter(options),
                       [&](const Option& option) { return takes(command, option); });
  return options;
}

/// Commands of two words that begin with this one.
std::vector<CommandSyntax> group_of(const Program& program, std::string_view word) {
  std::vector<CommandSyntax> group;
  std::ranges::copy_if(program.commands, std::back_inserter(group), [&](const CommandSyntax& command) {
    return command.name.starts_with(word) && command.name.substr(word.size()).starts_with(' ');
  });
  return group;
}

std::vector<std::string> names_of(std::span<const CommandSyntax> commands) {
  std::vector<std::string> names;
  for (const CommandSyntax& command : commands) names.emplace_back(command.name);
  return names;
}

/// Each once, as the commands of a group stand together.
std::vector<std::string> first_words(std::span<const CommandSyntax> commands) {
  std::vector<std::string> words;
  for (const CommandSyntax& command : commands) {
    std::string word(command.name.substr(0, command.name.find(' ')));
    if (words.empty() || words.back() != word) words.push_back(std::move(word));
  }
  return words;
}

/// For words that are no command, but nearly one: " (did you mean X?)", else "".
std::string meant_command(const Program& program, std::span<const std::string> words) {
  const auto is_option = [&](const Option& option) { return option.name == words[0]; };
  if (std::ranges::any_of(program.options, is_option)) return " (did you mean --" + words[0] + "?)";
  const auto names = names_of(program.commands);
  for (const std::size_t count : {std::min<std::size_t>(words.size(), 2), std::size_t{1}})
    if (const auto meant = nearest(joined(words.first(count), " "), names); !meant.empty())
      return " (did you mean " + meant + "?)";
  const auto firsts = first_words(program.commands);
  return std::ranges::find(firsts, words[0]) == firsts.end() ? did_you_mean(words[0], firsts) : "";
}

std::string group_help(const Program& program, const std::string& word, std::span<const CommandSyntax> group) {
  const std::string name(program.name);
  HelpPage page(output_columns());
  page.paragraph("Usage: " + name + " " + word + " COMMAND [OPTION...]");
  page.heading("Commands");
  for (const CommandSyntax& command : group) page.entry(command.name, command.summary);
  page.paragraph(name + " " + word + " COMMAND --help says more of a command.");
  return page.text();
}

}  // namespace

Result<CommandLine> parse_command_line(const Program& program, const std::vector<std::string>& arguments) {
  return parse_command_line(program.name, arguments, all_options(program));
}

Result<std::string> standard_answer(const Program& program, const CommandLine& line) {
  if (line.has("version")) return version_text(program.name);
  if (!line.has("help")) return "";
  if (line.words.empty()) return help_text(program);
  const std::span<const CommandSyntax> commands = program.commands;
  if (const auto* command = find_command(commands, line.words)) return help_text(program, *command);
  const auto group = group_of(program, line.words[0]);
  if (line.words.size() > 1 || group.empty()) return unknown_command(program, line.words);
  return group_help(program, line.words[0], group);
}

void warn_of_variables(const Program& program) {
  const std::string prefix = environment_name("");
  std::vector<std::string> known;
  for (const Option& option : all_options(program))
    if (!option.value.empty()) known.push_back(environment_name(option.name).substr(prefix.size()));
  for (char** variable = environ; *variable; ++variable) {
    const std::string_view text(*variable);
    if (!text.starts_with(prefix)) continue;
    const std::string name(text.substr(prefix.size(), text.find('=') - prefix.size()));
    const std::string meant = nearest(name, known);
    if (meant.empty() || meant == name) continue;
    complain(program.name,
             "warning: the environment variable " + prefix + name + " is not known and has no effect (did you mean " +
                 prefix + meant + "?)",
             exit_done);
  }
}

bool names_command(std::span<const std::string> words, std::string_view name) {
  const auto space = name.find(' ');
  if (words.empty() || words[0] != name.substr(0, space)) return false;
  return space == std::string_view::npos || (words.size() > 1 && words[1] == name.substr(space + 1));
}

Error unknown_command(const Program& program, std::span<const std::string> words) {
  if (words.empty())
    return usage_error(program.name, "which command? It is one of " + joined(first_words(program.commands), ", "));
  const auto group = group_of(program, words[0]);
  const std::string helped = std::string(program.name) + (group.empty() ? "" : " " + words[0]);
  const std::string among =
      "it is one of " + joined(group.empty() ? first_words(program.commands) : names_of(group), ", ");
  if (!group.empty() && words.size() == 1)
    return usage_error(helped, "the command '" + words[0] + "' wants a second word: " + among);
  const auto named = words.first(group.empty() ? 1 : 2);
  const std::string meant = meant_command(program, words);
  return usage_error(helped, "unknown command '" + joined(named, " ") + "'" + (meant.empty() ? "; " + among : meant));
}

Result<std::vector<std::string>> fitting_arguments(const Program& program, const CommandSyntax& command,
                                                   const CommandLine& line) {
  const std::string name(command.name);
  const auto wrong = [&](const std::string& what) { return usage_error(std::string(program.name) + " " + name, what); };
  for (const Option& option : program.command_options) {
    if (line.has(option.name) && !takes(command, option))
      return wrong("option --" + option.name + " is not for the command " + name);
  }
  auto arguments = line.words;
  if (!arguments.empty()) arguments.erase(arguments.begin(), arguments.begin() + 1 + std::ranges::count(name, ' '));
  if (std::ranges::find(arguments, "") != arguments.end())
    return wrong("an argument of the command " + name + " is empty");
  if (arguments.size() < command.takes.least)
    return wrong("the command " + name + " needs " +
                 std::string(command.arguments.substr(0, command.arguments.find(" ["))));
  if (arguments.size() > command.takes.most)
    return wrong("the command " + name + " takes no '" + arguments[command.takes.most] + "'");
  return arguments;
}

std::string help_text(const Program& program, int columns) {
  const std::string name(program.name);
  HelpPage page(columns);
  page.paragraph(name + " " + std::string(program.purpose));
  page.paragraph("Usage: " + name + (program.has_default ? " [COMMAND]" : " COMMAND") + " [OPTION...]");
  page.heading("Commands");
  for (const CommandSyntax& command : program.commands) {
    const bool is_default = program.has_default && &command == &program.commands.front();
    page.entry(command.name, std::string(command.summary) + (is_default ? " (the default)" : ""));
  }
  page.paragraph(name + " COMMAND --help says more of a command.");
  page.options(program.shows_command_options ? all_options(program) : program.options);
  append_ending(page, program.settings_file, program.busy);
  return page.text();
}

std::string help_text(const Program& program, const CommandSyntax& command, int columns) {
  const std::string name(program.name);
  HelpPage page(columns);
  page.paragraph(
      "Usage: " + name + " " + std::string(command.name) + " " + std::string(command.arguments) + " [OPTION...]", 7);
  page.paragraph(std::string(command.summary) + ".");
  if (!command.detail.empty()) page.paragraph(command.detail);
  page.options(options_of(program, command));
  if (!command.example.empty()) page.paragraph("Example: " + std::string(command.example), 9);
  page.paragraph("For the options of all commands see " + name + " --help.");
  return page.text();
}

}  // namespace activitytrack::program
