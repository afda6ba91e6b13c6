#include "common/help.hpp"
#include "command.hpp"

#include <algorithm>

namespace activitytrack::agent_app {

std::string help_text() {
  std::string out =
      "activitytrack-agent counts a person's activity at this computer, keeps it safe, and sends it on.\n\n"
      "Usage: activitytrack-agent [COMMAND] [OPTION...]\n\nCommands:\n";
  for (const auto& command : commands()) {
    std::string text(command.summary);
    if (command.name == "run") text += " (the default)";
    program::append_entry(out, command.name, text);
  }
  out += "\nactivitytrack-agent COMMAND --help tells more of a command.\n";
  program::append_options(out, common_options());
  return out + program::help_ending("config", "another agent runs");
}

std::string help_text_of(std::string_view name) {
  const Command* command = find_command(name);
  if (!command) return help_text();
  std::string out = "Usage: activitytrack-agent " + std::string(name);
  if (!command->arguments.empty()) out += " " + std::string(command->arguments);
  out += " [OPTION...]\n\n" + std::string(command->summary) + ".\n";
  if (!command->detail.empty()) out += "\n" + std::string(command->detail) + "\n";
  if (!command->options.empty()) out += "\nOptions:\n";
  for (const auto& option : command_options())
    if (std::ranges::find(command->options, option.name) != command->options.end()) program::append_option(out, option);
  return out + "\nFor the options of all commands see activitytrack-agent --help.\n";
}

}  // namespace activitytrack::agent_app
