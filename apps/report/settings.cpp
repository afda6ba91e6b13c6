#include "settings.hpp"

#include "command.hpp"
#include "common/command_line.hpp"
#include "common/program.hpp"
#include "net/url.hpp"

#include <activitytrack/s3/s3_options.hpp>
#include "report/summary.hpp"

#include <algorithm>
#include <array>

namespace activitytrack::report {
namespace {

Error must_be(const char* what) { return {ErrorCode::invalid_input, std::string("must be ") + what}; }

Result<void> check_server(std::string_view text) {
  if (auto url = parse_url(text); !url) return url.error();
  return {};
}

Result<void> check_s3(std::string_view text) {
  S3Options unused;
  return text.empty() ? Result<void>() : set_s3_place(text, unused);
}

Result<void> check_endpoint(std::string_view text) { return text.empty() ? Result<void>() : check_server(text); }

Result<void> check_date(std::string_view text) {
  if (is_date_word(text) || parse_date(text)) return {};
  return must_be("a date such as 2024-01-15 (1970 to 2199), or today or yesterday");
}

Result<void> check_zone(std::string_view text) {
  if (auto zone = offset_in_zone(Time{}, std::string(text)); !zone) return zone.error();
  return {};
}

Result<void> check_format(std::string_view text) {
  if (parse_format(text)) return {};
  return must_be("table, json, csv or html");
}

Result<void> check_color(std::string_view text) {
  if (text == "auto" || text == "always" || text == "never") return {};
  return must_be("auto, always or never");
}

using S = ReportSettings;

// clang-format off
const std::array settings_table{
    Setting<S>{.key = "server", .ini = "server", .member = &S::server, .unit = "URL",
               .help = "The server to ask.", .check = check_server},
    Setting<S>{.key = "token", .ini = "token", .member = &S::token, .unit = "TOKEN",
               .help = "The token to show it; better given as ACTIVITYTRACK_TOKEN or in the file, as other "
                       "users of this machine can see a command line.",
               .secret = true},
    Setting<S>{.key = "ca_file", .ini = "ca_file", .member = &S::ca_file, .unit = "FILE",
               .help = "PEM file of the authorities to trust, in place of the system's."},
    Setting<S>{.key = "buffer", .ini = "buffer", .member = &S::buffer, .unit = "FILE",
               .help = "Read what this machine has not sent yet from the agent's buffer, instead of a server."},
    Setting<S>{.key = "s3", .ini = "s3", .member = &S::s3, .unit = "URL",
               .help = "Read what agents uploaded without a server: s3://BUCKET/PREFIX. Credentials by the usual "
                       "AWS environment, shared files or role.",
               .check = check_s3},
    Setting<S>{.key = "s3_endpoint", .ini = "s3_endpoint", .member = &S::s3_endpoint, .unit = "URL",
               .help = "Of another service than AWS.", .check = check_endpoint},
    Setting<S>{.key = "s3_region", .ini = "s3_region", .member = &S::s3_region, .unit = "REGION",
               .help = "Where the bucket is."},
    Setting<S>{.key = "s3_path_style", .ini = "s3_path_style", .member = &S::s3_path_style, .unit = "",
               .help = "The bucket's name is in the path, and not in the host's name."},
    Setting<S>{.key = "s3_profile", .ini = "s3_profile", .member = &S::s3_profile, .unit = "NAME",
               .help = "Of the shared credentials file."},
    Setting<S>{.key = "machine", .ini = "machine", .member = &S::machine, .unit = "ID",
               .help = "The machine; by default the only one there is."},
    Setting<S>{.key = "date", .ini = "date", .member = &S::date, .unit = "DATE",
               .help = "One day: 2024-01-15, today (the default) or yesterday, on the machine's own clock.",
               .check = check_date},
    Setting<S>{.key = "from", .ini = "from", .member = &S::from, .unit = "DATE",
               .help = "The first of several days.", .check = check_date},
    Setting<S>{.key = "to", .ini = "to", .member = &S::to, .unit = "DATE",
               .help = "The last of them, included; by default today.", .check = check_date},
    Setting<S>{.key = "tz", .ini = "tz", .member = &S::tz, .unit = "ZONE",
               .help = "Take days in this time zone (Europe/Berlin) instead of the machine's own.",
               .check = check_zone},
    Setting<S>{.key = "format", .ini = "format", .member = &S::format, .unit = "FORMAT",
               .help = "table (the default), json (as the API gives it), csv or html.", .check = check_format},
    Setting<S>{.key = "output", .ini = "output", .member = &S::output, .unit = "FILE",
               .help = "Write to this file instead of standard output; `open`: into this folder, or - for standard "
                       "output."},
    Setting<S>{.key = "key", .ini = "key", .member = &S::key, .unit = "FILE",
               .help = "The private key that opens what is sealed; by default "
                       "~/.config/activity-tracker/screenshots.key."},
    Setting<S>{.key = "color", .ini = "color", .member = &S::color, .unit = "WHEN",
               .help = "auto (on a terminal, unless NO_COLOR is set), always or never.", .check = check_color},
    log_level_setting<S>(),
    log_format_setting<S>(),
};
// clang-format on

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
      "activitytrack-report shows what machines' activity was.\n\n"
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

std::span<const Setting<ReportSettings>> report_settings_table() { return settings_table; }

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
