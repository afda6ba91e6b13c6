#include "command.hpp"
#include "settings.hpp"

#include "common/command_line.hpp"
#include "common/program.hpp"

#include <algorithm>
#include <array>

namespace activitytrack::report {
namespace {

constexpr std::array<program::Group, 5> groups{{
    {"Where from", {"server", "token", "ca_file", "buffer", "s3"}},
    {"Keys", {"key"}},
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
  text += "\nCommands on keys and sealed files, which need no server:\n";
  for (const ToolSpec& tool : tools()) {
    const std::string words = tool.words.empty() ? "" : " " + std::string(tool.words);
    program::append_entry(text, std::string(tool.name) + words, tool.help);
  }
  program::append_options(text, options);
  return text +
         "\nCSV holds the data as they are (RFC 4180): a window's title that begins with = is not changed, "
         "so\n"
         "have a spreadsheet import the columns as text.\n" +
         program::help_ending("report", "");
}

Error wrong_usage(const std::string& what) { return program::usage_error(program_name, what); }

Result<void> check_words(const std::vector<std::string>& words) {
  if (words.empty()) return wrong_usage("which report? (" + command_names() + ")");
  const ToolSpec* tool = find_tool(words[0]);
  if (!tool && !find_command(words[0])) return wrong_usage("no command '" + words[0] + "' (" + command_names() + ")");
  const bool takes_words = tool && !tool->words.empty();
  if (takes_words && words.size() == 1) return wrong_usage(words[0] + " what? (" + std::string(tool->words) + ")");
  if (!takes_words && words.size() > 1) return wrong_usage("'" + words[1] + "' is one word too many");
  return {};
}

}  // namespace

Result<Invocation> read_invocation(const std::vector<std::string>& arguments) {
  const auto known = known_options();
  const auto line = program::parse_command_line(program_name, arguments, known);
  if (!line) return line.error();
  if (line->has("help")) return Invocation{{}, {}, help_text(known)};
  if (line->has("version")) return Invocation{{}, {}, program::version_text(program_name)};
  if (const auto checked = check_words(line->words); !checked) return checked.error();
  const auto table = report_settings_table();
  auto settings = load_settings(table, line->settings_file("report"), line->settings(setting_names(table)));
  if (!settings) return settings.error();
  if (!settings->buffer.empty() && !settings->s3.empty()) return wrong_usage("give --buffer or --s3, but not both");
  return Invocation{line->words[0], std::move(*settings), {}, {line->words.begin() + 1, line->words.end()}};
}

}  // namespace activitytrack::report
