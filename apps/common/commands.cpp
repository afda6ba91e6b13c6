#include "common/commands.hpp"

#include "core/text.hpp"

namespace activitytrack::program {
namespace {

bool takes(const CommandSyntax& command, const Option& option) {
  return std::ranges::find(command.options, option.name) != command.options.end();
}

}  // namespace

Result<CommandLine> parse_command_line(const Program& program, const std::vector<std::string>& arguments) {
  auto known = program.options;
  known.insert(known.end(), program.command_options.begin(), program.command_options.end());
  return parse_command_line(program.name, arguments, known);
}

bool names_command(std::span<const std::string> words, std::string_view name) {
  const auto space = name.find(' ');
  if (words.empty() || words[0] != name.substr(0, space)) return false;
  return space == std::string_view::npos || (words.size() > 1 && words[1] == name.substr(space + 1));
}

Error unknown_command(const Program& program, std::span<const std::string> words) {
  std::string names;
  for (const auto& each : program.commands) names.append(names.empty() ? "" : ", ").append(each.name);
  return usage_error(program.name, "unknown command '" + joined(words, " ") + "'; it is one of " + names);
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
  if (arguments.size() < command.takes.least) return wrong("the command " + name + " needs an argument");
  if (arguments.size() > command.takes.most)
    return wrong("the command " + name + " takes no '" + arguments[command.takes.most] + "'");
  return arguments;
}

std::string help_text(const Program& program) {
  const std::string name(program.name);
  std::string text =
      name + " " + std::string(program.purpose) + "\n\nUsage: " + name + " [COMMAND] [OPTION...]\n\nCommands:\n";
  for (const CommandSyntax& command : program.commands) {
    const bool is_default = &command == &program.commands.front();
    append_entry(text, command.name, std::string(command.summary) + (is_default ? " (the default)" : ""));
  }
  text += "\n" + name + " COMMAND --help says more of a command.\n";
  append_options(text, program.options);
  return text + help_ending(program.settings_file, program.busy);
}

std::string help_text(const Program& program, const CommandSyntax& command) {
  const std::string name(program.name);
  std::string text = "Usage: " + name + " " + std::string(command.name);
  if (!command.arguments.empty()) text += " " + std::string(command.arguments);
  text += " [OPTION...]\n\n" + std::string(command.summary) + ".\n";
  if (!command.detail.empty()) text += "\n" + std::string(command.detail) + "\n";
  if (!command.options.empty()) text += "\nOptions:\n";
  for (const Option& option : program.command_options)
    if (takes(command, option)) append_option(text, option);
  return text + "\nFor the options of all commands see " + name + " --help.\n";
}

}  // namespace activitytrack::program
