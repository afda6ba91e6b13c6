#include "command.hpp"
#include "settings.hpp"

#include "common/command_line.hpp"
#include "common/help.hpp"
#include "common/program.hpp"

#include <algorithm>
#include <array>

namespace activitytrack::report {
namespace {

constexpr std::array<program::Group, 4> groups{{
    {"Where from", {"server", "token", "ca_file", "buffer"}},
    {"Of what", {"machine", "date", "from", "to", "tz"}},
    {"Form", {"format", "output", "color"}},
    {"Log", {"log_"}},
}};

std::vector<program::Option> known_options() {
  auto options = program::standard_options();
  std::ranges::move(program::setting_options(report_settings_table(), groups), std::back_inserter(options));
  return options;
}

std::string help_text(std::span<const program::Option> options) {
  std::string text =
      "activitytrack-report tells what machines' activity was.\n\n"
      "Usage: activitytrack-report COMMAND [OPTION...]\n\nCommands:\n";
  for (const CommandSpec& command : commands()) program::append_entry(text, command.name, command.help);
  program::append_options(text, options);
  return text +
         "\nCSV holds the data as they are (RFC 4180): a window's title that begins with = is not changed, "
         "so\n"
         "have a spreadsheet import the columns as text.\n" +
         program::help_ending("report", "");
}

Error wrong_usage(const std::string& what) { return program::usage_error(program_name, what); }

Result<std::string> command_of(const std::vector<std::string>& words) {
  if (words.empty()) return wrong_usage("which report? (" + command_names() + ")");
  if (words.size() > 1) return wrong_usage("'" + words[1] + "' is one word too many");
  if (!find_command(words[0])) return wrong_usage("no command '" + words[0] + "' (" + command_names() + ")");
  return words[0];
}

}  // namespace

Result<Invocation> read_invocation(const std::vector<std::string>& arguments) {
  const auto known = known_options();
  const auto line = program::parse_command_line(program_name, arguments, known);
  if (!line) return line.error();
  if (line->has("help")) return Invocation{{}, {}, help_text(known)};
  if (line->has("version")) return Invocation{{}, {}, program::version_text(program_name)};
  const auto command = command_of(line->words);
  if (!command) return command.error();
  const auto table = report_settings_table();
  auto settings = load_settings(table, line->settings_file("report"), line->settings(setting_names(table)));
  if (!settings) return settings.error();
  return Invocation{*command, std::move(*settings), {}};
}

}  // namespace activitytrack::report
